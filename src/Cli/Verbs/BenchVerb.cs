using System.CommandLine;
using Reflux.Cli.Bench;
using Reflux.Cli.Output;
using Reflux.Distillation.Compute;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux bench`: speeds, beside a peer's.</summary>
internal static class BenchVerb
{
    public static Command Create() => new("bench", """
        Measure speeds beside a peer's.

        Examples:
          reflux bench models
          reflux bench models --runs 9 --json
        """) { Models() };

    private static Command Models()
    {
        var runs = new Option<int>("--runs") { Description = "Runs of each side, in turns; the medians count.", DefaultValueFactory = _ => 5 };
        var python = new Option<string>("--python") { Description = "A Python with torch.", DefaultValueFactory = _ => "/usr/bin/python3" };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= 1 and <= 1000))
            {
                result.AddError("--runs: between 1 and 1000");
            }
        });
        var command = new Command("models", """
            Training, cached generation and tokenizing, in turns with eager PyTorch (tests/reference/benchmark.py) on the same shapes, threads and BLAS. Takes
            about two minutes; wants the machine for itself.

            Examples:
              reflux bench models
              reflux bench models --runs 9 --json
            """) { runs, python, threads, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var count = parsed.GetValue(threads);
            using var compute = new ComputeThread(new ComputeOptions { Threads = count });
            using var reference = await ReferenceProcess.StartAsync(parsed.GetRequiredValue(python), count, cancellation);
            var report = await new ModelsBench(compute, reference, parsed.GetValue(runs), Console.Error).RunAsync(cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(report);
            }
            else
            {
                Print(report);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(BenchReport report)
    {
        foreach (var train in report.Train)
        {
            Console.Out.WriteLine(Line($"training, {train.Parameters:N0} parameters", train.TokensPerSecond, train.ReferenceTokensPerSecond, train.Ratio, train.Spread, train.ReferenceSpread));
        }

        var generate = report.Generate;
        Console.Out.WriteLine(Line("generation, batch 16", generate.TokensPerSecond, generate.ReferenceTokensPerSecond, generate.Ratio, generate.Spread, generate.ReferenceSpread));
        Console.Out.WriteLine($"tokenizer: {report.Tokenizer.MbPerSecond:0.0} MB/s (spread {report.Tokenizer.Spread:p0})");
        Console.Out.WriteLine($"{report.Setting.Runs} runs in turns, {report.Setting.Threads} threads, {report.Setting.Torch} on {report.Setting.Blas}, reference {report.Setting.ReferenceTorch} on {report.Setting.ReferenceBlas}");
    }

    private static string Line(string what, double ours, double theirs, double ratio, double spread, double referenceSpread) =>
        $"{what}: {ours:0} tokens/s (spread {spread:p0}), reference {theirs:0} ({referenceSpread:p0}), ratio {ratio:0.00}";
}
