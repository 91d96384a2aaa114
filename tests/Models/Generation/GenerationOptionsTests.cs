using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using Reflux.Models.Tests.Decoders;
using Reflux.Models.Tests.Tokenizers;
using Reflux.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Generation;

public sealed class GenerationOptionsTests : IDisposable
{
    private static readonly Tokenizer Tokenizer = TestTokenizers.Small;
    private static readonly GenerationPrompt[] Prompts = [.. Enumerable.Range(1, 7).Select(i => new GenerationPrompt([.. Enumerable.Range(3, (i * 5 % 8) + 1)], new Id128((UInt128)i)))];

    private readonly CausalDecoder _decoder = TestModels.Create(TestModels.Tiny with { VocabularySize = Tokenizer.VocabularySize });

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.9)]
    public void A_row_in_any_company_answers_as_alone(double temperature)
    {
        GenerationOptions options = new() { MaxTokens = 20, Sampling = new SamplingOptions { Temperature = temperature, TopP = 0.95, Seed = 4 } };

        IReadOnlyList<GeneratedAnswer> together = Generate(Prompts, options);
        IReadOnlyList<GeneratedAnswer> reversed = Generate([.. Prompts.Reverse()], options);

        Assert.Equal(together.Select(answer => answer.Text), reversed.Reverse().Select(answer => answer.Text));
        for (int i = 0; i < Prompts.Length; i++)
        {
            Assert.Equal(Generate([Prompts[i]], options)[0].Tokens, together[i].Tokens);
        }
    }

    [Fact]
    public void Seed_and_sequence_decide_the_draws()
    {
        GenerationPrompt prompt = Prompts[0];
        string[] answers =
        [
            Text(prompt, seed: 1), Text(prompt, seed: 2), Text(prompt with { Sequence = new Id128(1000) }, seed: 1),
        ];

        Assert.Equal(answers[0], Text(prompt, seed: 1));
        Assert.Equal(3, answers.Distinct().Count());

        string Text(GenerationPrompt asked, ulong seed) => Generate([asked], new GenerationOptions { MaxTokens = 20, Sampling = new SamplingOptions { Seed = seed } })[0].Text;
    }

    [Fact]
    public void A_stop_text_ends_an_answer_and_its_text_before_it()
    {
        GenerationOptions options = new() { MaxTokens = 30, Sampling = new SamplingOptions { Seed = 3 } };
        GeneratedAnswer free = Generate([Prompts[2]], options)[0];

        // two tokens in the middle make the stop text, less a byte at each side where they are long enough
        int middle = Enumerable.Range(3, free.Tokens.Length - 5).First(i => IsAscii(free.Tokens[i]) && IsAscii(free.Tokens[i + 1]));
        string stop = Tokenizer.Decode(free.Tokens.AsSpan(middle, 2));
        GeneratedAnswer stopped = Generate([Prompts[2]], options with { StopTexts = ["never to be seen", stop] })[0];

        Assert.Equal(StopReason.StopText, stopped.Reason);
        Assert.Equal(free.Text[..free.Text.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(free.Tokens[..stopped.Tokens.Length], stopped.Tokens);
        Assert.True(stopped.Tokens.Length <= middle + 2);

        static bool IsAscii(int token) => !Tokenizer.IsSpecial(token) && Tokenizer.BytesOf(token).IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;
    }

    [Fact]
    public void The_reason_says_what_ended_an_answer()
    {
        int[] prompt = Prompts[0].Tokens;
        GeneratedAnswer full = Generate([new(prompt)], new GenerationOptions { MaxTokens = 1000 })[0];
        GeneratedAnswer cut = Generate([new(prompt)], new GenerationOptions { MaxTokens = 3 })[0];
        GeneratedAnswer stopped = TextGenerator.Generate(_decoder, Tokenizer, [full.Tokens[1]], [new(prompt)], new GenerationOptions(), CancellationToken.None)[0];

        Assert.Equal((StopReason.ContextLength, 48), (full.Reason, prompt.Length + full.Tokens.Length));
        Assert.Equal((StopReason.MaxTokens, 3), (cut.Reason, cut.Tokens.Length));
        Assert.Equal((StopReason.StopToken, full.Tokens[1]), (stopped.Reason, stopped.Tokens[^1]));
    }

    [Fact]
    public void Reported_log_probabilities_are_those_of_a_full_forward()
    {
        GenerationOptions options = new() { MaxTokens = 8, LogProbabilities = 3, Sampling = new SamplingOptions { Temperature = 1.3, TopK = 50, Seed = 9 } };

        IReadOnlyList<GeneratedAnswer> answers = Generate(Prompts, options);

        for (int i = 0; i < Prompts.Length; i++)
        {
            int[] prompt = Prompts[i].Tokens;
            double[] logits = TestModels.Logits(_decoder, [.. prompt, .. answers[i].Tokens]);
            Assert.Equal(answers[i].Tokens.Length, answers[i].Scores.Count);
            for (int t = 0; t < answers[i].Tokens.Length; t++)
            {
                int row = prompt.Length + t - 1;
                double[] values = logits[(row * Tokenizer.VocabularySize)..((row + 1) * Tokenizer.VocabularySize)];
                double normalizer = Math.Log(values.Sum(Math.Exp));
                PositionScores scores = answers[i].Scores[t];
                Assert.Equal(answers[i].Tokens[t], scores.Chosen.Token);
                Assert.Equal(values[scores.Chosen.Token] - normalizer, scores.Chosen.LogProbability, 1e-4);
                Assert.Equal(Enumerable.Range(0, values.Length).OrderByDescending(id => values[id]).Take(3), scores.Top.Select(top => top.Token));
                Assert.All(scores.Top, top => Assert.Equal(values[top.Token] - normalizer, top.LogProbability, 1e-4));
            }
        }

        Assert.Empty(Generate([Prompts[0]], options with { LogProbabilities = 0 })[0].Scores[0].Top);
        Assert.Empty(Generate([Prompts[0]], options with { LogProbabilities = null })[0].Scores);
    }

    [Fact]
    public void A_model_that_yields_no_numbers_is_refused()
    {
        using (no_grad())
        {
            _decoder.Parameters["model.norm.weight"].fill_(float.NaN);
        }

        GenerationOptions options = new() { Sampling = new SamplingOptions() };
        Assert.Equal(ErrorCodes.ModelInvalid, Assert.Throws<RefluxException>(() => Generate([Prompts[0]], options)).Code);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (GenerationOptions options in (GenerationOptions[])[new() { MaxTokens = 0 }, new() { StopTexts = [""] }, new() { LogProbabilities = -1 }, new() { Sampling = new SamplingOptions { TopK = -3 } }])
        {
            Assert.Equal(ErrorCodes.OptionOutOfRange, Assert.Throws<RefluxException>(() => Generate([Prompts[0]], options)).Code);
        }
    }

    public void Dispose() => _decoder.Dispose();

    private IReadOnlyList<GeneratedAnswer> Generate(GenerationPrompt[] prompts, GenerationOptions options) =>
        TextGenerator.Generate(_decoder, Tokenizer, [], prompts, options, CancellationToken.None);
}
