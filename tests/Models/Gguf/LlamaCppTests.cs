using Reflux.Models.Generation;
using Reflux.Models.Gguf;
using Reflux.Models.Tests.Decoders;
using Reflux.Models.Tests.Tokenizers;
using Reflux.Models.Tokenizers;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Gguf;

/// <summary>llama.cpp itself loads what we export and computes what we compute.</summary>
[Trait("Speed", "slow")]
public sealed class LlamaCppTests(ITestOutputHelper output)
{
    private const int Steps = 64;
    private const double Margin = 1e-3;

    private static readonly int[][] Prompts = [.. Enumerable.Range(0, 20).Select(i => TestTokenizers.Small.Encode(string.Concat(TestTokenizers.Corpus.Skip(i * 13).Take(3)))[..(4 + i)])];

    public static TheoryData<string> Families => [.. GgufModels.Configs.Keys];

    public static TheoryData<TokenizerStyle> Styles => [.. Enum.GetValues<TokenizerStyle>()];

    [Theory]
    [MemberData(nameof(Families))]
    public void It_writes_the_same_greedy_tokens(string family)
    {
        foreach ((GgufType type, ScalarType dtype) in ((GgufType, ScalarType)[])[(GgufType.F32, ScalarType.Float32), (GgufType.F16, ScalarType.Float16)])
        {
            using GgufModels exported = new(GgufModels.Configs[family], dtype, type);
            using LlamaCpp theirs = new(exported.File, 128);
            int compared = 0;
            HashSet<int> written = [];
            foreach (int[] prompt in Prompts)
            {
                (int[] answer, int clear) = Answer(exported.Model, prompt);
                Assert.Equal(answer[..clear], theirs.Greedy(prompt, Steps)[..clear]);
                compared += clear;
                written.UnionWith(answer);
            }

            output.WriteLine($"{family} {type}: {compared} of {Prompts.Length * Steps} steps compared, {written.Count} different tokens");
            Assert.True(compared >= Prompts.Length * Steps / 2, $"{family} {type}: only {compared} steps have a clear best token");
            Assert.True(written.Count >= 20, $"{family} {type}: the answers say little, with {written.Count} different tokens");
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void It_agrees_on_the_best_token_with_q8_0(string family)
    {
        using GgufModels exported = new(GgufModels.Configs[family], ScalarType.Float32, GgufType.Q8);
        using LlamaCpp theirs = new(exported.File, 128);
        Assert.Empty(exported.Report.KeptF16);
        int agreed = 0;
        foreach (int[] prompt in Prompts)
        {
            (int[] answer, _) = Answer(exported.Model, prompt);
            int[] best = theirs.BestAfterEach([.. prompt, .. answer]);
            agreed += answer.Zip(best[(prompt.Length - 1)..]).Count(pair => pair.First == pair.Second);
        }

        double share = agreed / (double)(Prompts.Length * Steps);
        output.WriteLine($"{family} q8_0: {share:p1} of the best tokens");
        Assert.True(share >= 0.95, $"{family}: q8_0 agrees on {share:p1} of the best tokens");
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Its_tokenizer_gives_our_ids(TokenizerStyle style)
    {
        Tokenizer tokenizer = GgufTokenizers.Create(style);
        using GgufModels exported = new(GgufModels.Configs["llama"] with { VocabularySize = tokenizer.VocabularySize + 3 }, ScalarType.Float32, GgufType.F32, tokenizer);
        using LlamaCpp theirs = new(exported.File, 128);
        Assert.Equal(tokenizer.VocabularySize + 3, theirs.VocabularySize);
        Assert.True(theirs.IsEnd(exported.Model.StopTokenIds[0]));
        foreach (string text in (string[])
        [
            .. TestTokenizers.Corpus.Take(50), "a\n\n a  b\t", "Ünïcödé ‰ 漢字かな 🙂👩‍👩‍👧", "don't WE'LL 2024-11-22 1½ 123456789", "<|user|>x<|end|>", "tail  ", "x\r\n\r\n y!?",
            .. style == TokenizerStyle.Mistral ? (string[])[] : ["", " ", "  lead", "\n lead"],
        ])
        {
            Assert.Equal(tokenizer.Encode(text), theirs.Tokenize(text));
            Assert.Equal(tokenizer.AddSpecialTokens(tokenizer.Encode(text)), theirs.Tokenize(text, addSpecial: true));
        }
    }

    [Fact]
    public void Our_q8_0_blocks_are_those_of_its_reference()
    {
        Random random = new(5);
        float[] values = [.. Enumerable.Range(0, 32 * 500).Select(i => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 5)))), .. new float[32]];
        // exact halves of the scale
        for (int i = 0; i < 32; i++)
        {
            values[i] = i == 0 ? 127 : i - 15.5f;
        }

        byte[] theirs = new byte[values.Length / 32 * 34];
        LlamaCppLibrary.QuantizeQ8(values, theirs, values.Length);
        Assert.Equal(theirs, Q8Blocks.Encode(values));
    }

    /// <summary>Our greedy answer, and how many of its tokens come before the first whose lead is within <see cref="Margin"/>.</summary>
    private static (int[] Answer, int Clear) Answer(LanguageModel model, int[] prompt)
    {
        int clear = Steps;
        int[] answer = TextGenerator.Generate(model.Decoder, [prompt], Steps, [], (logits, _, step) =>
        {
            (Tensor values, Tensor ids) = logits.topk(2, -1);
            float[] best = values.data<float>().ToArray();
            clear = best[0] - best[1] <= Margin ? Math.Min(clear, step) : clear;
            return ids.select(1, 0);
        }, CancellationToken.None)[0];
        return (answer, clear);
    }
}
