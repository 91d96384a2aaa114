using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Samples.Helpdesk.Training;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux train-teacher`: the sample teacher from nothing.</summary>
internal static class TrainTeacherVerb
{
    public static Command Create()
    {
        var defaults = new TrainTeacherOptions { OutputDirectory = Path.Combine("samples", "helpdesk", "teacher") };
        var output = new Option<string>("--out") { Description = "Model directory to write.", DefaultValueFactory = _ => defaults.OutputDirectory };
        var steps = new Option<int>("--steps") { Description = "Optimizer steps.", DefaultValueFactory = _ => defaults.Steps };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the messages and of the weights.", DefaultValueFactory = _ => defaults.Seed };
        var threads = new Option<int>("--threads") { Description = "Compute threads; another number gives other bits.", DefaultValueFactory = _ => defaults.Threads };
        var json = CommonOptions.Json();
        var command = new Command("train-teacher", """
            Train the sample teacher from the helpdesk generator, measure it, and write it with its model card.

            Examples:
              reflux train-teacher --out ./teacher
              reflux train-teacher --out ./teacher --steps 100 --json
            """) { output, steps, seed, threads, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new TrainTeacherOptions
            {
                OutputDirectory = Path.GetFullPath(parsed.GetRequiredValue(output)),
                Steps = parsed.GetValue(steps),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
            };
            var progress = parsed.GetValue(json) ? Console.Error : Console.Out;
            var report = await Task.Factory.StartNew(() => TrainTeacher.Run(options, progress, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (parsed.GetValue(json))
            {
                Printer.Json(report);
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
