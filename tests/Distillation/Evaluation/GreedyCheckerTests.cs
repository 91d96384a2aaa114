using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Evaluation;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Evaluation;

public class GreedyCheckerTests
{
    private static readonly int[][] Prompts = [[3, 4, 5], [7], [9, 9, 1, 30], [11, 6]];

    [Fact]
    public void TheSameWeightsReproduceEverything()
    {
        using var decoder = TinyDecoder.Create(3);

        var check = GreedyChecker.Record(decoder, Prompts, [2]);

        Assert.Equal((get_num_threads(), 32, 4), (check.Threads, check.MaxTokens, check.Cases.Count));
        Assert.All(check.Cases.Zip(Prompts), pair => Assert.Equal(pair.Second, pair.First.Prompt));
        Assert.Empty(GreedyChecker.Verify(decoder, check, [2]));
    }

    [Fact]
    public void OutputIsTheMostProbableTokenAtEachPosition()
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyDecoder.Create(3);

        foreach (var entry in GreedyChecker.Record(decoder, Prompts, [2], maxTokens: 12).Cases)
        {
            int[] tokens = [.. entry.Prompt, .. entry.Output];
            var best = TinyDecoder.Logits(decoder, tokens).argmax(-1).data<long>().ToArray();
            Assert.Equal(entry.Output.Select(token => (long)token), best[(entry.Prompt.Count - 1)..^1]);
            Assert.True(entry.Output.Count == 12 || entry.Output[^1] == 2);
        }
    }

    [Fact]
    public void OtherWeightsAreNoticedByPromptAndToken()
    {
        using var decoder = TinyDecoder.Create(3);
        using var other = TinyDecoder.Create(4);
        var check = GreedyChecker.Record(decoder, Prompts, [2]);

        var differences = GreedyChecker.Verify(other, check, [2]);

        Assert.NotEmpty(differences);
        Assert.All(differences, line => Assert.Matches(@"^prompt \d+, token \d+: (\d+|the end) instead of (\d+|the end)$", line));
    }

    [Fact]
    public void AShorterRecordIsNoticed()
    {
        using var decoder = TinyDecoder.Create(3);
        var check = GreedyChecker.Record(decoder, Prompts, []);
        var entry = check.Cases[1];
        GreedyCheck cut = check with { Cases = [entry with { Output = [.. entry.Output.Take(5)] }] };

        Assert.Equal([$"prompt 0, token 5: {entry.Output[5]} instead of the end"], GreedyChecker.Verify(decoder, cut, []));
    }
}
