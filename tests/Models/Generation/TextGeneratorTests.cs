using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using Reflux.Models.Tests.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Generation;

public class TextGeneratorTests
{
    private static readonly int[][] Ragged = [[5, 1, 9], [2], [16, 15, 14, 13, 12, 11, 10], [7, 7], [1, 2, 3, 4, 5], [8]];

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void The_cache_gives_the_tokens_and_logits_of_a_full_forward(int keyValueHeads)
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny with { KeyValueHeads = keyValueHeads });
        List<double[]> seen = [];

        int[] answer = TextGenerator.Generate(decoder, [Ragged[0]], 20, [], (logits, rows, step) =>
        {
            seen.Add(TestModels.Values(logits));
            return TextGenerator.Greedy(logits, rows, step);
        }, CancellationToken.None)[0];

        double[] full = TestModels.Logits(decoder, [.. Ragged[0], .. answer]);
        int vocabulary = decoder.Config.VocabularySize;
        for (int step = 0; step < answer.Length; step++)
        {
            double[] row = full[((Ragged[0].Length + step - 1) * vocabulary)..((Ragged[0].Length + step) * vocabulary)];
            TestModels.AssertClose(row, seen[step], 1e-4);
            Assert.Equal(Array.IndexOf(row, row.Max()), answer[step]);
        }

        Assert.Equal(20, answer.Length);
    }

    [Fact]
    public void A_batch_of_ragged_prompts_answers_as_each_alone()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);

        IReadOnlyList<int[]> together = Noisy(decoder, Ragged, firstPrompt: 0);

        for (int i = 0; i < Ragged.Length; i++)
        {
            Assert.Equal(Noisy(decoder, [Ragged[i]], firstPrompt: i)[0], together[i]);
        }

        // rows really left at different times
        Assert.True(together.Select(answer => answer.Length).Distinct().Count() > 2);
    }

    [Fact]
    public void Finished_rows_are_not_asked_again()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        List<int[]> asked = [];

        IReadOnlyList<int[]> answers = TextGenerator.Generate(decoder, Ragged, 4, [0], (logits, rows, step) =>
        {
            asked.Add(rows.ToArray());
            Assert.Equal(rows.Length, logits.size(0));

            // row r stops at its r-th token
            return tensor(rows.ToArray().Select(row => row == step ? 0L : 1L).ToArray());
        }, CancellationToken.None);

        Assert.Equal([[0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [2, 3, 4, 5], [3, 4, 5]], asked.Select(rows => rows.Order().ToArray()));
        Assert.Equal([[0], [1, 0], [1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1]], answers);
    }

    [Fact]
    public void The_context_length_ends_an_answer()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny with { MaxPositions = 8 });

        Assert.Equal([5, 7, 1, 6, 3, 7], Greedy(decoder, Ragged, 100, []).Select(answer => answer.Length));
    }

    [Fact]
    public void A_prompt_beyond_the_context_is_refused()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny with { MaxPositions = 8 });

        Assert.Equal(ErrorCodes.PromptTooLong, Assert.Throws<RefluxException>(() => Greedy(decoder, [new int[8]], 1, [])).Code);
        Assert.Throws<ArgumentException>(() => Greedy(decoder, [[]], 1, []));
    }

    [Fact]
    public void Cancellation_stops_between_tokens()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        using CancellationTokenSource source = new();
        int steps = 0;

        Assert.Throws<OperationCanceledException>(() => TextGenerator.Generate(decoder, Ragged, 24, [], (logits, rows, step) =>
        {
            steps++;
            source.Cancel();
            return TextGenerator.Greedy(logits, rows, step);
        }, source.Token));
        Assert.Equal(1, steps);
    }

    [Fact]
    public void Generation_leaves_no_gradients_and_no_tensors_behind()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        decoder.SetTrainable(true);
        using var scope = NewDisposeScope();

        Greedy(decoder, Ragged, 6, [3]);

        Assert.True(is_grad_enabled());
        Assert.All(decoder.Parameters.Values, parameter => Assert.True(parameter.grad is null));
        Assert.Equal(0, scope.DisposablesCount);
    }

    private static IReadOnlyList<int[]> Greedy(CausalDecoder decoder, IReadOnlyList<int[]> prompts, int maxTokens, int[] stops) =>
        TextGenerator.Generate(decoder, prompts, maxTokens, stops, TextGenerator.Greedy, CancellationToken.None);

    /// <summary>Answers with noise on the logits that depends on prompt and step only.</summary>
    private static IReadOnlyList<int[]> Noisy(CausalDecoder decoder, IReadOnlyList<int[]> prompts, int firstPrompt) =>
        TextGenerator.Generate(decoder, prompts, 24, [3, 6, 11], (logits, rows, step) =>
        {
            float[] noise = [.. rows.ToArray().SelectMany(row => Enumerable.Range(0, 17).Select(token => (float)Math.Sin((row + firstPrompt + 1) * (step + 1) * (token + 1) * 1.7) * 8))];
            return (logits + tensor(noise, [rows.Length, 17])).argmax(-1);
        }, CancellationToken.None);
}
