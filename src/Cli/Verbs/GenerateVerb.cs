using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Compute;
using Reflux.Models;
using Reflux.Models.Generation;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux generate` answers a message, `reflux model generate` also continues a text: in this process, with a model directory.</summary>
internal static class GenerateVerb
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "A Hugging Face directory: a pulled snapshot, or a teacher.", Required = true };
        var command = new Command("generate", """
            Answer a message with a model directory, without any server: `model generate --chat` by a shorter name.

            Examples:
              reflux generate --model ./small --prompt "Where is my order?"
              reflux generate --model samples/helpdesk/teacher --prompt "Where is my order?" --json
            """) { model };
        Complete(command, parsed => parsed.GetRequiredValue(model), _ => true);
        return command;
    }

    public static Command CreateForModel()
    {
        var model = ModelVerb.Directory();
        var chat = new Option<bool>("--chat") { Description = "The prompt is a user's message: answer it in the model's chat form." };
        var command = new Command("generate", """
            Continue a text, or answer a message with --chat. The text appears as it is written.

            Examples:
              reflux model generate ./small --prompt "Where is my order?" --chat
              reflux model generate ./base --prompt "Once upon a time" --temperature 0.8 --top-p 0.95 --seed 7
              reflux model generate ./base --prompt "1, 2, 3," --max-tokens 32 --stop "10" --json
            """) { model, chat };
        Complete(command, parsed => parsed.GetRequiredValue(model), parsed => parsed.GetValue(chat));
        return command;
    }

    private static void Complete(Command command, Func<ParseResult, string> directory, Func<ParseResult, bool> chat)
    {
        var prompt = new Option<string>("--prompt") { Description = "What is answered or continued.", Required = true };
        var flags = new GenerationFlags();
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        command.Add(prompt);
        flags.AddTo(command);
        command.Add(threads);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var text = parsed.GetRequiredValue(prompt);
            if (text.Length == 0)
            {
                throw new RefluxException(ErrorCodes.InvalidRequest, "the prompt is empty", "give a text with --prompt");
            }

            var options = flags.Read(parsed);
            Action<int, string>? print = parsed.GetValue(json) ? null : (_, piece) => Console.Out.Write(piece);
            using var compute = new ComputeThread(new ComputeOptions { Threads = parsed.GetValue(threads) });
            var answer = await compute.RunAsync(ComputeQueue.Evaluator, () =>
            {
                using var model = LanguageModel.Load(directory(parsed), compute.Device);
                var tokens = chat(parsed) ? model.Template.Encode(model.Tokenizer, text) : model.Tokenizer.EncodeWithSpecials(text, addSpecialTokens: true);
                return TextGenerator.Generate(model, [new GenerationPrompt(tokens)], options, cancellation, print)[0];
            }, cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(new { answer.Text, answer.Tokens, answer.Reason });
            }
            else
            {
                Console.Out.WriteLine();
            }

            return ExitCodes.Done;
        });
    }
}
