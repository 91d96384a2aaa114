using System.CommandLine;
using System.Text;
using Reflux.Cli.Output;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Compute;
using Reflux.Models;
using Reflux.Models.Generation;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux model score`: how probable a model finds a text.</summary>
internal static class ModelScoreVerb
{
    public static Command Create()
    {
        var directory = ModelVerb.Directory();
        var text = new Option<string?>("--text") { Description = "The text." };
        var file = new Option<string?>("--file") { Description = "A UTF-8 file that holds the text." };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("score", """
            Score a text: the log-probability, in nats, that the model gives to each token behind the first.

            Examples:
              reflux model score ./base --text "The capital of France is Paris."
              reflux model score ./base --file chapter.txt --json
            """) { directory, text, file, threads, json };
        command.Validators.Add(result =>
        {
            if ((result.GetResult(text) is null) == (result.GetResult(file) is null))
            {
                result.AddError("name either --text or --file");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var content = parsed.GetValue(file) is { } path ? await ReadAsync(path, cancellation) : parsed.GetValue(text)!;
            using var compute = new ComputeThread(new ComputeOptions { Threads = parsed.GetValue(threads) });
            var (tokens, score, pieces) = await compute.RunAsync(ComputeQueue.Evaluator, () => Score(parsed.GetRequiredValue(directory), content, compute, cancellation), cancellation);
            var mean = score.Sum / score.LogProbabilities.Length;
            if (parsed.GetValue(json))
            {
                Printer.Json(new
                {
                    Scored = score.LogProbabilities.Length,
                    score.Sum,
                    Mean = mean,
                    Perplexity = Math.Exp(-mean),
                    Tokens = tokens.Select((id, index) => new { Id = id, Text = pieces[index], LogProbability = index < score.From ? (double?)null : score.LogProbabilities[index - score.From] }),
                });
            }
            else
            {
                Console.Out.WriteLine($"{score.LogProbabilities.Length} tokens scored, {score.Sum:0.0000} nats: {mean:0.0000} a token, perplexity {Math.Exp(-mean):0.00}");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static (int[] Tokens, SequenceScore Score, string[] Pieces) Score(string directory, string text, ComputeThread compute, CancellationToken cancellation)
    {
        using var model = LanguageModel.Load(directory, compute.Device);
        var tokens = model.Tokenizer.EncodeWithSpecials(text, addSpecialTokens: true);
        if (tokens.Length < 2)
        {
            throw new RefluxException(ErrorCodes.InvalidRequest, "the text is too short: its first token follows nothing that could predict it", "give a text of at least two tokens");
        }

        return (tokens, SequenceScorer.Score(model.Decoder, [new ScoringRequest(tokens)], cancellation)[0], [.. tokens.Select(id => model.Tokenizer.Decode([id], skipSpecial: false))]);
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await File.ReadAllBytesAsync(path, cancellation));
        }
        catch (ArgumentException error)
        {
            throw new RefluxException(ErrorCodes.InvalidEncoding, $"{path} is not UTF-8", "convert the file to UTF-8", error);
        }
    }
}
