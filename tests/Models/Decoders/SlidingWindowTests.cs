using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Decoders;

public class SlidingWindowTests
{
    private static readonly int[] Sequence = [5, 16, 0, 3, 3, 9, 1, 12, 7];

    [Fact]
    public void A_token_beyond_every_window_changes_nothing_and_one_within_does()
    {
        // two layers of window 4: position 8 depends on what is at most 6 back, so on positions 2 to 8
        using CausalDecoder decoder = TestModels.Create(TestFamilies.All["mistral"], dtype: ScalarType.Float64);
        double[] last = Last(TestModels.Logits(decoder, Sequence));

        Assert.Equal(last, Last(TestModels.Logits(decoder, [6, 6, .. Sequence[2..]])));
        Assert.NotEqual(last, Last(TestModels.Logits(decoder, [5, 16, 6, .. Sequence[3..]])));
    }

    [Fact]
    public void Layers_before_the_first_windowed_one_see_everything()
    {
        ModelConfig config = TestFamilies.All["qwen2-windowed"];
        using CausalDecoder decoder = TestModels.Create(config);
        using CausalDecoder everywhere = TestModels.Create(config with { FirstWindowedLayer = 0 });

        double[] changed = TestModels.Logits(decoder, [6, .. Sequence[1..]]);

        Assert.NotEqual(Last(TestModels.Logits(decoder, Sequence)), Last(changed));
        Assert.Equal(Last(TestModels.Logits(everywhere, Sequence)), Last(TestModels.Logits(everywhere, [6, .. Sequence[1..]])));
    }

    [Fact]
    public void Packed_sequences_have_windows_of_their_own()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestFamilies.All["mistral"]);
        int[] first = Sequence[..6];
        int[] second = [2, 2, .. Sequence[2..8]];
        Tensor mask = zeros(14, 14, ScalarType.Bool);
        mask.narrow(0, 0, 6).narrow(1, 0, 6).copy_(ones(6, 6, ScalarType.Bool).tril());
        mask.narrow(0, 6, 8).narrow(1, 6, 8).copy_(ones(8, 8, ScalarType.Bool).tril());
        Tensor positions = cat([TestModels.Positions(6), TestModels.Positions(8)], 1);

        double[] packed = TestModels.Values(decoder.Logits(decoder.Hidden(TestModels.Ids([.. first, .. second]), positions, mask.view(1, 1, 14, 14))));

        TestModels.AssertClose([.. TestModels.Logits(decoder, first), .. TestModels.Logits(decoder, second)], packed, 1e-5);
    }

    [Theory]
    [MemberData(nameof(TestFamilies.Names), MemberType = typeof(TestFamilies))]
    public void Cached_generation_of_ragged_prompts_agrees_with_full_forwards(string family)
    {
        using CausalDecoder decoder = TestModels.Create(TestFamilies.All[family]);
        int[][] prompts = [[5, 1, 9], [2], [16, 15, 14, 13, 12, 11, 10], [7, 7]];
        List<double[]>[] seen = [[], [], [], []];

        IReadOnlyList<int[]> answers = TextGenerator.Generate(decoder, prompts, 12, [0, 3], (logits, rows, step) =>
        {
            for (int i = 0; i < rows.Length; i++)
            {
                seen[rows[i]].Add(TestModels.Values(logits.select(0, i)));
            }

            return TextGenerator.Greedy(logits, rows, step);
        }, CancellationToken.None);

        for (int row = 0; row < prompts.Length; row++)
        {
            double[] full = TestModels.Logits(decoder, [.. prompts[row], .. answers[row]]);
            int from = (prompts[row].Length - 1) * decoder.Config.VocabularySize;
            TestModels.AssertClose(full.AsSpan(from, seen[row].Count * decoder.Config.VocabularySize), [.. seen[row].SelectMany(logits => logits)], 1e-4);
        }
    }

    private static double[] Last(double[] logits) => logits[^17..];
}
