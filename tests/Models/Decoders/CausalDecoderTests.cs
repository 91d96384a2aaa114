using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Decoders;

public class CausalDecoderTests
{
    private static readonly int[] Sequence = [5, 16, 0, 3, 3, 9, 1, 12, 7];

    public static TheoryData<string> Shapes { get; } = ["grouped", "multi-head", "multi-query", "tied", "wide-heads"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Logits_follow_the_formulas(string shape)
    {
        using CausalDecoder decoder = TestModels.Create(Shape(shape));
        double[] expected = [.. FormulaDecoder.Of(decoder).Logits(Sequence).SelectMany(row => row)];

        TestModels.AssertClose(expected, TestModels.Logits(decoder, Sequence), 1e-4);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void In_float64_they_agree_to_ten_digits(string shape)
    {
        using CausalDecoder decoder = TestModels.Create(Shape(shape), dtype: ScalarType.Float64);
        double[] expected = [.. FormulaDecoder.Of(decoder).Logits(Sequence).SelectMany(row => row)];

        TestModels.AssertClose(expected, TestModels.Logits(decoder, Sequence), 1e-10);
    }

    [Theory]
    [InlineData("grouped")]
    [InlineData("tied")]
    public void Gradients_are_those_of_the_formulas(string shape)
    {
        using CausalDecoder decoder = TestModels.Create(Shape(shape), dtype: ScalarType.Float64);
        FormulaDecoder formulas = FormulaDecoder.Of(decoder);
        using var scope = NewDisposeScope();
        decoder.SetTrainable(true);
        Loss(decoder, Sequence).backward();

        foreach ((string name, Tensor parameter) in decoder.Parameters)
        {
            double[] gradient = TestModels.Values(parameter.grad!);
            double[] values = formulas.Parameters[name];
            foreach (int i in (int[])[0, values.Length / 3, values.Length / 2, values.Length - 1])
            {
                double saved = values[i];
                values[i] = saved + 1e-5;
                double above = formulas.Loss(Sequence);
                values[i] = saved - 1e-5;
                double below = formulas.Loss(Sequence);
                values[i] = saved;
                Assert.True(Math.Abs(((above - below) / 2e-5) - gradient[i]) < 1e-7, $"{name}[{i}]: {(above - below) / 2e-5} against {gradient[i]}");
            }
        }
    }

    [Fact]
    public void Gradients_are_the_same_bits_every_time()
    {
        Assert.Equal(GradientsOfARepetitiveText(), GradientsOfARepetitiveText());
    }

    [Fact]
    public void Packed_sequences_do_not_see_each_other()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        int[] first = [4, 8, 15];
        int[] second = [16, 2, 3, 4, 2];
        Tensor mask = zeros(8, 8, ScalarType.Bool);
        mask.narrow(0, 0, 3).narrow(1, 0, 3).copy_(ones(3, 3, ScalarType.Bool).tril());
        mask.narrow(0, 3, 5).narrow(1, 3, 5).copy_(ones(5, 5, ScalarType.Bool).tril());
        Tensor positions = tensor((long[])[0, 1, 2, 0, 1, 2, 3, 4], [1, 8]);

        double[] packed = TestModels.Values(decoder.Logits(decoder.Hidden(TestModels.Ids([.. first, .. second]), positions, mask.view(1, 1, 8, 8))));

        TestModels.AssertClose([.. TestModels.Logits(decoder, first), .. TestModels.Logits(decoder, second)], packed, 1e-5);
    }

    [Fact]
    public void A_row_that_attends_to_nothing_stays_finite()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);

        Tensor hidden = decoder.Hidden(TestModels.Ids(1, 2), TestModels.Positions(2), zeros(1, 1, 2, 2, ScalarType.Bool));

        Assert.True(hidden.isfinite().all().item<bool>());
    }

    [Fact]
    public void Fresh_weights_depend_on_the_seed_only()
    {
        using CausalDecoder first = CausalDecoder.CreateFresh(TestModels.Tiny, 1, CPU);
        using CausalDecoder again = CausalDecoder.CreateFresh(TestModels.Tiny, 1, CPU);
        using CausalDecoder other = CausalDecoder.CreateFresh(TestModels.Tiny, 2, CPU);

        Assert.Equal(TestModels.Logits(first, Sequence), TestModels.Logits(again, Sequence));
        Assert.NotEqual(TestModels.Logits(first, Sequence), TestModels.Logits(other, Sequence));
    }

    [Theory]
    [InlineData("model.norm.weight", 1, 0)]
    [InlineData("model.embed_tokens.weight", 0, 0.125)]
    [InlineData("lm_head.weight", 0, 0.125)]
    [InlineData("model.layers.1.self_attn.k_proj.weight", 0, 0.125)]
    [InlineData("model.layers.0.self_attn.o_proj.weight", 0, 0.0625)]
    [InlineData("model.layers.0.mlp.down_proj.weight", 0, 0.0434)]
    public void Fresh_weights_keep_the_scale_of_what_passes_through(string name, double mean, double deviation)
    {
        ModelConfig config = TestModels.Tiny with { HiddenSize = 64, IntermediateSize = 132, HeadDim = 16, KeyValueHeads = 4, VocabularySize = 100 };
        using CausalDecoder decoder = CausalDecoder.CreateFresh(config, 1, CPU);

        double[] values = TestModels.Values(decoder.Parameters[name]);

        Assert.Equal(mean, values.Average(), tolerance: 0.01);
        Assert.Equal(deviation, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), tolerance: 0.05 * deviation);
    }

    [Fact]
    public void Parameters_that_do_not_fit_are_named()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> parameters = ParameterLayout.ShapesOf(TestModels.Tiny).ToDictionary(x => x.Key, x => zeros(x.Value));

        AssertRefused("model.norm.weight", parameters => parameters.Remove("model.norm.weight"));
        AssertRefused("surplus.weight", parameters => parameters.Add("surplus.weight", zeros(1)));
        AssertRefused("model.norm.weight", parameters => parameters["model.norm.weight"] = zeros(13));
        AssertRefused("model.norm.weight", parameters => parameters["model.norm.weight"] = zeros(12, ScalarType.Float64));

        void AssertRefused(string name, Action<Dictionary<string, Tensor>> change)
        {
            Dictionary<string, Tensor> changed = new(parameters);
            change(changed);
            Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => CausalDecoder.FromParameters(TestModels.Tiny, changed)).Message);
        }
    }

    private static Tensor Loss(CausalDecoder decoder, int[] ids)
    {
        Tensor hidden = decoder.Hidden(TestModels.Ids(ids), TestModels.Positions(ids.Length), TestModels.CausalMask(ids.Length));
        Tensor logits = decoder.Logits(hidden).select(0, 0).narrow(0, 0, ids.Length - 1);
        return nn.functional.cross_entropy(logits, tensor(ids[1..].Select(id => (long)id).ToArray()));
    }

    private static double[] GradientsOfARepetitiveText()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        decoder.SetTrainable(true);
        Loss(decoder, [.. Enumerable.Range(0, 40).Select(i => i % 3)]).backward();
        return [.. decoder.Parameters.Values.SelectMany(parameter => TestModels.Values(parameter.grad!))];
    }

    private static ModelConfig Shape(string name) => name switch
    {
        "grouped" => TestModels.Tiny,
        "multi-head" => TestModels.Tiny with { KeyValueHeads = 4 },
        "multi-query" => TestModels.Tiny with { KeyValueHeads = 1 },
        "tied" => TestModels.Tiny with { TieWordEmbeddings = true },
        "wide-heads" => TestModels.Tiny with { HeadDim = 10 },
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
