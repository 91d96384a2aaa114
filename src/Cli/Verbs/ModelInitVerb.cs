using System.CommandLine;
using Reflux.Cli.Exports;
using Reflux.Cli.Output;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using TorchSharp;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux model init`: a fresh student.</summary>
internal static class ModelInitVerb
{
    public static Command Create()
    {
        var size = new Option<string>("--size") { Description = $"One of {string.Join(", ", ModelSize.All.Select(size => size.Name))}.", Required = true };
        var tokenizer = new Option<string>("--tokenizer") { Description = "A model directory whose tokenizer, chat template and special tokens it takes: its teacher's.", Required = true };
        var to = new Option<string>("--to") { Description = "The directory to make; it must not be there.", Required = true };
        var family = new Option<ModelFamily>("--family") { Description = "Whose architecture it has.", DefaultValueFactory = _ => ModelFamily.Llama };
        var context = new Option<int>("--context") { Description = "Longest sequence, tokens.", DefaultValueFactory = _ => 2048 };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same weights.", DefaultValueFactory = _ => 1 };
        var json = CommonOptions.Json();
        size.AcceptOnlyFromAmong([.. ModelSize.All.Select(size => size.Name)]);
        family.Validators.Add(result =>
        {
            // a number is parsed as one of the enumeration, whichever it is
            if (!Enum.IsDefined(result.GetValueOrDefault<ModelFamily>()))
            {
                result.AddError($"--family: one of {string.Join(", ", Enum.GetNames<ModelFamily>())}");
            }
        });
        context.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= 2 and <= 1_000_000))
            {
                result.AddError("--context: between 2 and 1000000");
            }
        });
        var command = new Command("init", """
            Make a student with fresh weights, of a named size, for a given tokenizer. docs/export.md has the table of sizes.

            Examples:
              reflux model init --size small --tokenizer samples/helpdesk/teacher --to ./student
              reflux model init --size medium --tokenizer ./teacher --family qwen3 --seed 7 --to ./student
            """) { size, tokenizer, to, family, context, seed, json };
        command.SetAction((parsed, cancellation) =>
        {
            var path = parsed.GetRequiredValue(to);
            using var target = ExportTarget.Folder(path);
            var source = parsed.GetRequiredValue(tokenizer);
            var config = ModelSize.Parse(parsed.GetRequiredValue(size)).ToConfig(parsed.GetValue(family), ModelDirectory.CheckText(source), parsed.GetValue(context));
            using (var decoder = CausalDecoder.CreateFresh(config, parsed.GetValue(seed), torch.CPU))
            {
                cancellation.ThrowIfCancellationRequested();
                ModelDirectory.Write(
                    target.Temporary, decoder, torch.ScalarType.Float32, Tokenizer.Load(Path.Combine(source, "tokenizer.json")), PromptTemplate.Load(source), GenerationConfig.Load(source));
            }

            cancellation.ThrowIfCancellationRequested();
            target.Publish();
            var inspection = ModelInspection.Of(path);
            if (parsed.GetValue(json))
            {
                Printer.Json(new { Path = path, config.Family, inspection.Parameters });
            }
            else
            {
                Console.Out.WriteLine($"{path}: {config.Family}, {inspection.Parameters:N0} parameters");
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
