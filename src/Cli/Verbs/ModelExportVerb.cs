using System.CommandLine;
using Reflux.Cli.Exports;
using Reflux.Cli.Output;
using Reflux.Distillation.Compute;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux model export`: a model in the form that another runtime loads.</summary>
internal static class ModelExportVerb
{
    public static Command Create()
    {
        var directory = ModelVerb.Directory();
        var format = new Option<string>("--format") { Description = "hf: a Hugging Face directory. peft: the adapter of a student that trains one. gguf: one file for llama.cpp and what is built on it.", Required = true };
        var type = new Option<string?>("--type") { Description = "How weights are stored: f32, f16 or bf16, for gguf also q8_0. Default: as they are (hf), f32 (peft), f16 (gguf)." };
        var to = new Option<string>("--to") { Description = "The directory or file to make; it must not be there.", Required = true };
        var basis = new Option<string?>("--base") { Description = "peft: what the adapter's base is called where it will be loaded; a directory here is compared with it.", HelpName = "NAME" };
        var json = CommonOptions.Json();
        format.AcceptOnlyFromAmong(ModelExport.Formats);
        type.AcceptOnlyFromAmong(ModelExport.Types);
        var command = new Command("export", """
            Write a model in another form. What the form can't represent is refused with the reason, before anything is written.

            Examples:
              reflux model export ./small --format gguf --to small.gguf
              reflux model export ./small --format gguf --type q8_0 --to small-q8_0.gguf --json
              reflux model export ./small --format hf --type bf16 --to ./small-bf16
              reflux model export ./adapted --format peft --base ./base --to ./adapter
            """) { directory, format, type, to, basis, json };
        command.Validators.Add(result =>
        {
            var form = result.GetResult(format)?.Tokens is [var token] ? token.Value : null;
            if (form is ModelExport.Peft != result.GetResult(basis) is not null)
            {
                result.AddError("--base: it is required with --format peft, and only there");
            }

            if (form is ModelExport.HuggingFace or ModelExport.Peft && result.GetResult(type)?.Tokens is [{ Value: "q8_0" }])
            {
                result.AddError("--type: q8_0 is a type of --format gguf");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using var compute = new ComputeThread(new ComputeOptions { Threads = Environment.ProcessorCount });
            var report = await compute.RunAsync(
                ComputeQueue.Evaluator,
                () => ModelExport.Run(parsed.GetRequiredValue(directory), parsed.GetRequiredValue(format), parsed.GetValue(type), parsed.GetRequiredValue(to), parsed.GetValue(basis), compute.Device, cancellation),
                cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(report);
            }
            else
            {
                Console.Out.WriteLine($"{report.Path}: {report.Type}, {report.Bytes} bytes");
                foreach (var note in (string[])[.. report.KeptF16.Select(name => $"f16 instead of q8_0, because its rows are no multiple of 32: {name}"), .. report.Differences])
                {
                    Console.Out.WriteLine($"  {note}");
                }
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
