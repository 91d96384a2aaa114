using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Compute;
using Reflux.Models;
using Reflux.Models.Generation;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux generate`: a model directory answers a prompt, in this process.</summary>
internal static class GenerateVerb
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "A Hugging Face directory: a pulled snapshot, or a teacher.", Required = true };
        var prompt = new Option<string>("--prompt") { Description = "The user's message.", Required = true };
        var length = new Option<int>("--max-tokens") { Description = "Longest answer.", DefaultValueFactory = _ => 128 };
        var threads = new Option<int>("--threads") { Description = "Compute threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var json = CommonOptions.Json();
        length.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= 1 and <= 1_000_000))
            {
                result.AddError("--max-tokens: at least 1");
            }
        });
        var command = new Command("generate", """
            Answer a prompt greedily with a model directory, without any server.

            Examples:
              reflux generate --model ./small --prompt "Where is my order?"
              reflux generate --model samples/helpdesk/teacher --prompt "Where is my order?" --json
            """) { model, prompt, length, threads, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var message = parsed.GetRequiredValue(prompt);
            if (message.Length == 0)
            {
                throw new RefluxException(ErrorCodes.InvalidRequest, "the prompt is empty", "give a message with --prompt");
            }

            using var compute = new ComputeThread(new ComputeOptions { Threads = parsed.GetValue(threads) });
            var (tokens, text) = await compute.RunAsync(ComputeQueue.Evaluator, () => Answer(parsed.GetRequiredValue(model), message, parsed.GetValue(length), compute, cancellation), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(new { text, tokens });
            }
            else
            {
                Console.Out.WriteLine(text);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static (int[] Tokens, string Text) Answer(string directory, string prompt, int longest, ComputeThread compute, CancellationToken cancellation)
    {
        using var model = LanguageModel.Load(directory, compute.Device);
        var answer = TextGenerator.Generate(
            model.Decoder, [model.Template.Encode(model.Tokenizer, prompt)], longest, model.StopTokenIds, TextGenerator.Greedy, cancellation)[0];
        return (answer, model.Tokenizer.Decode(answer));
    }
}
