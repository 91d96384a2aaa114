using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using Reflux.Models.Tests.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Generation;

public class SequenceScorerTests
{
    private static readonly int[][] Ragged = [[5, 1, 9, 2, 2], [2], [16, 15, 14, 13, 12, 11, 10], [7, 7], [1, 2, 3, 4, 5], [8, 0]];

    [Fact]
    public void Scores_are_the_log_softmax_of_a_full_forward()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny, dtype: ScalarType.Float64);

        IReadOnlyList<SequenceScore> scores = SequenceScorer.Score(decoder, [.. Ragged.Select((tokens, i) => new ScoringRequest(tokens, 1 + (i % 3)))], CancellationToken.None);

        for (int i = 0; i < Ragged.Length; i++)
        {
            double[] expected = [.. Enumerable.Range(0, Ragged[i].Length).Skip(1 + (i % 3)).Select(t => LogProbability(decoder, Ragged[i], t))];
            TestModels.AssertClose(expected, scores[i].LogProbabilities, 1e-10);
            Assert.Equal(expected.Sum(), scores[i].Sum, 1e-9);
            Assert.Equal(1 + (i % 3), scores[i].From);
        }
    }

    [Fact]
    public void Long_and_many_sequences_are_taken_in_parts()
    {
        // 40 sequences of up to 700 tokens need several forwards, and the long ones several blocks of queries
        ModelConfig config = TestModels.Tiny with { MaxPositions = 3000, Layers = 1 };
        using CausalDecoder decoder = TestModels.Create(config);
        Random random = new(3);
        int[][] sequences = [.. Enumerable.Range(0, 39).Select(i => Enumerable.Range(0, 50 + (i * 17)).Select(_ => random.Next(17)).ToArray()), [.. Enumerable.Range(0, 3000).Select(_ => random.Next(17))]];

        IReadOnlyList<SequenceScore> together = SequenceScorer.Score(decoder, [.. sequences.Select(tokens => new ScoringRequest(tokens))], CancellationToken.None);

        foreach (int i in (int[])[0, 20, 38, 39])
        {
            double[] expected = Expected(decoder, sequences[i]);
            TestModels.AssertClose(expected, together[i].LogProbabilities, 1e-3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_window_hides_what_is_older(int window)
    {
        ModelConfig config = TestModels.Tiny with { Family = ModelFamily.Mistral, SlidingWindow = window, Layers = 1 };
        using CausalDecoder decoder = TestModels.Create(config, dtype: ScalarType.Float64);
        int[] tokens = [5, 1, 9, 2, 2, 8, 13, 4, 11];

        double[] scores = SequenceScorer.Score(decoder, [new(tokens)], CancellationToken.None)[0].LogProbabilities;

        // with one layer a token sees exactly the window, and rotary attention knows distances only
        for (int t = 1; t < tokens.Length; t++)
        {
            int[] seen = tokens[Math.Max(0, t - window)..(t + 1)];
            Assert.Equal(SequenceScorer.Score(decoder, [new(seen)], CancellationToken.None)[0].LogProbabilities[^1], scores[t - 1], 1e-10);
        }

        int[] answer = TextGenerator.Generate(decoder, [tokens[..2]], 12, [], TextGenerator.Greedy, CancellationToken.None)[0];
        int[] all = [.. tokens[..2], .. answer];
        for (int t = 2; t < all.Length; t++)
        {
            int[] seen = all[Math.Max(0, t - window)..t];
            Assert.Equal(all[t], TextGenerator.Generate(decoder, [seen], 1, [], TextGenerator.Greedy, CancellationToken.None)[0][0]);
        }
    }

    [Fact]
    public void A_sequence_beyond_the_context_is_refused()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny with { MaxPositions = 4 });

        Assert.Equal(ErrorCodes.PromptTooLong, Assert.Throws<RefluxException>(() => SequenceScorer.Score(decoder, [new([1, 2, 3, 4, 5])], CancellationToken.None)).Code);
        Assert.Throws<ArgumentOutOfRangeException>(() => SequenceScorer.Score(decoder, [new([])], CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => SequenceScorer.Score(decoder, [new([1, 2], From: 0)], CancellationToken.None));
        Assert.Empty(SequenceScorer.Score(decoder, [new([1, 2], From: 2)], CancellationToken.None)[0].LogProbabilities);
    }

    private static double LogProbability(CausalDecoder decoder, int[] tokens, int t)
    {
        int vocabulary = decoder.Config.VocabularySize;
        double[] row = TestModels.Logits(decoder, tokens)[((t - 1) * vocabulary)..(t * vocabulary)];
        return row[tokens[t]] - Math.Log(row.Sum(Math.Exp));
    }

    private static double[] Expected(CausalDecoder decoder, int[] tokens)
    {
        int vocabulary = decoder.Config.VocabularySize;
        double[] logits = TestModels.Logits(decoder, tokens);
        return
        [
            .. Enumerable.Range(1, tokens.Length - 1).Select(t => logits[((t - 1) * vocabulary) + tokens[t]] - Math.Log(logits.AsSpan((t - 1) * vocabulary, vocabulary).ToArray().Sum(Math.Exp))),
        ];
    }
}
