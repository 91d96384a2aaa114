using Reflux.Contracts.Snapshots;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using static TorchSharp.torch;

namespace Reflux.Distillation.Evaluation;

/// <summary>
/// What a model says greedily, one prompt at a time: recorded where a snapshot is made, verified wherever it is loaded. With the same engine
/// and thread count every token must come out the same.
/// </summary>
public static class GreedyChecker
{
    /// <summary>Tokens recorded for each prompt, at most.</summary>
    public const int DefaultMaxTokens = 32;

    /// <summary>Records the greedy continuation of each prompt.</summary>
    public static GreedyCheck Record(CausalDecoder decoder, IReadOnlyList<int[]> prompts, IReadOnlyList<int> stopTokenIds, int maxTokens = DefaultMaxTokens) =>
        new(get_num_threads(), maxTokens, [.. prompts.Select(prompt => new GreedyCase(prompt, Continue(decoder, prompt, stopTokenIds, maxTokens)))]);

    /// <summary>Says where <paramref name="decoder"/> departs from what was recorded, one line a prompt, token ids only; empty where it reproduces everything.</summary>
    public static IReadOnlyList<string> Verify(CausalDecoder decoder, GreedyCheck check, IReadOnlyList<int> stopTokenIds)
    {
        var differences = new List<string>();
        for (var i = 0; i < check.Cases.Count; i++)
        {
            var recorded = check.Cases[i].Output;
            var output = Continue(decoder, [.. check.Cases[i].Prompt], stopTokenIds, check.MaxTokens);
            if (!output.SequenceEqual(recorded))
            {
                var at = output.Zip(recorded).TakeWhile(pair => pair.First == pair.Second).Count();
                differences.Add($"prompt {i}, token {at}: {At(output, at)} instead of {At(recorded, at)}");
            }
        }

        return differences;
    }

    private static int[] Continue(CausalDecoder decoder, int[] prompt, IReadOnlyList<int> stopTokenIds, int maxTokens) =>
        TextGenerator.Generate(decoder, [prompt], maxTokens, stopTokenIds, TextGenerator.Greedy, CancellationToken.None)[0];

    private static string At(IReadOnlyList<int> tokens, int index) => index < tokens.Count ? tokens[index].ToString(System.Globalization.CultureInfo.InvariantCulture) : "the end";
}
