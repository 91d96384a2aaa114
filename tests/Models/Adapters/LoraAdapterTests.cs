using Reflux.Contracts.Errors;
using Reflux.Models.Adapters;
using Reflux.Models.Decoders;
using Reflux.Models.Tests.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Adapters;

public sealed class LoraAdapterTests
{
    private static readonly int[] Sequence = [5, 16, 0, 3, 3, 9, 1, 12, 7];

    private static readonly LoraConfig Config = new() { Rank = 3, Alpha = 5, TargetModules = ["q_proj", "v_proj", "self_attn.o_proj", "down_proj"] };

    [Fact]
    public void A_fresh_adapter_changes_nothing()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        using LoraAdapter adapter = LoraAdapter.CreateFresh(Config, decoder, 1);
        double[] before = TestModels.Logits(decoder, Sequence);

        decoder.Attach(adapter);

        Assert.Equal(before, TestModels.Logits(decoder, Sequence));
        Assert.Equal(["model.layers.0.mlp.down_proj", "model.layers.0.self_attn.o_proj", "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj"], adapter.Modules.Take(4));
    }

    [Fact]
    public void A_is_uniform_below_one_over_the_root_of_its_columns_and_B_zero()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny with { HiddenSize = 400 });
        using LoraAdapter adapter = LoraAdapter.CreateFresh(Config with { Rank = 20 }, decoder, 1);
        using LoraAdapter again = LoraAdapter.CreateFresh(Config with { Rank = 20 }, decoder, 1);
        using LoraAdapter other = LoraAdapter.CreateFresh(Config with { Rank = 20 }, decoder, 2);

        double[] values = TestModels.Values(adapter.Parameters["model.layers.0.self_attn.q_proj.lora_A.weight"]);

        Assert.Equal(values, TestModels.Values(again.Parameters["model.layers.0.self_attn.q_proj.lora_A.weight"]));
        Assert.NotEqual(values, TestModels.Values(other.Parameters["model.layers.0.self_attn.q_proj.lora_A.weight"]));
        Assert.InRange(values.Max(), 0.049, 0.05);
        Assert.InRange(values.Min(), -0.05, -0.049);
        Assert.Equal(0.05 / Math.Sqrt(3), Math.Sqrt(values.Average(value => value * value)), 0.001);
        Assert.All(TestModels.Values(adapter.Parameters["model.layers.1.mlp.down_proj.lora_B.weight"]), value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(TestFamilies.Names), MemberType = typeof(TestFamilies))]
    public void Merged_and_attached_are_the_same_map(string family)
    {
        ModelConfig config = TestFamilies.All[family];
        using CausalDecoder decoder = TestModels.Create(config);
        using LoraAdapter adapter = Filled(decoder, Config with { TargetModules = [], TargetPattern = @".*_proj" });
        double[] without = TestModels.Logits(decoder, Sequence);
        decoder.Attach(adapter);
        double[] attached = TestModels.Logits(decoder, Sequence);
        using CausalDecoder merged = Merged(decoder, adapter);

        TestModels.AssertClose(attached, TestModels.Logits(merged, Sequence), 1e-4 * attached.Max(Math.Abs));
        Assert.True(without.Zip(attached).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.1);

        decoder.Attach(null);
        Assert.Equal(without, TestModels.Logits(decoder, Sequence));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_follow_from_those_of_the_whole_weight(bool rankStabilized)
    {
        // W' = W + s·B·A, so ∂A = s·Bᵀ·∂W' and ∂B = s·∂W'·Aᵀ
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny, dtype: ScalarType.Float64);
        using LoraAdapter adapter = Filled(decoder, Config with { RankStabilized = rankStabilized });
        using CausalDecoder merged = Merged(decoder, adapter);
        double scale = rankStabilized ? 5 / Math.Sqrt(3) : 5.0 / 3;
        decoder.Attach(adapter);
        adapter.SetTrainable(true);
        merged.SetTrainable(true);
        Loss(decoder).backward();
        Loss(merged).backward();

        Assert.Equal(scale, adapter.Config.Scale);
        foreach (string module in adapter.Modules)
        {
            Tensor down = adapter.Parameters[module + ".lora_A.weight"];
            Tensor up = adapter.Parameters[module + ".lora_B.weight"];
            Tensor whole = merged.Parameters[module + ".weight"].grad!;
            AssertClose(up.t().mm(whole) * scale, down.grad!, module);
            AssertClose(whole.mm(down.t()) * scale, up.grad!, module);
        }

        Assert.All(decoder.Parameters.Values, parameter => Assert.True(parameter.grad is null));
    }

    [Fact]
    public void What_fits_no_map_is_refused()
    {
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);

        foreach (LoraConfig config in (LoraConfig[])
        [
            Config with { Rank = 0 }, Config with { Alpha = 0 }, Config with { Alpha = double.NaN }, Config with { TargetModules = [] }, Config with { TargetPattern = ".*" },
            Config with { TargetModules = ["q_proj", "lm_head"] }, Config with { TargetModules = ["proj"] },
            Config with { TargetModules = [], TargetPattern = "q_proj" }, Config with { TargetModules = [], TargetPattern = "(" }, Config with { TargetModules = [], TargetPattern = "(?=a)" },
        ])
        {
            Assert.Equal(ErrorCodes.OptionOutOfRange, Assert.Throws<RefluxException>(() => LoraAdapter.CreateFresh(config, decoder, 1)).Code);
        }

        using CausalDecoder wider = TestModels.Create(TestModels.Tiny with { HiddenSize = 14 });
        using CausalDecoder precise = TestModels.Create(TestModels.Tiny, dtype: ScalarType.Float64);
        using LoraAdapter adapter = LoraAdapter.CreateFresh(Config, decoder, 1);
        Assert.Throws<ArgumentException>(() => wider.Attach(adapter));
        Assert.Throws<ArgumentException>(() => precise.Attach(adapter));
    }

    internal static LoraAdapter Filled(CausalDecoder decoder, LoraConfig config)
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(11, CPU);
        LoraAdapter adapter = LoraAdapter.CreateFresh(config, decoder, 1);
        foreach (Tensor parameter in adapter.Parameters.Values)
        {
            parameter.normal_(0, 0.3, generator);
        }

        return adapter;
    }

    private static CausalDecoder Merged(CausalDecoder decoder, LoraAdapter adapter)
    {
        using var scope = NewDisposeScope();
        return CausalDecoder.FromParameters(decoder.Config, adapter.Merge(decoder.Parameters).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.clone()));
    }

    private static Tensor Loss(CausalDecoder decoder)
    {
        Tensor hidden = decoder.Hidden(TestModels.Ids(Sequence), TestModels.Positions(Sequence.Length), TestModels.CausalMask(Sequence.Length));
        Tensor logits = decoder.Logits(hidden).select(0, 0).narrow(0, 0, Sequence.Length - 1);
        return nn.functional.cross_entropy(logits, tensor(Sequence[1..].Select(id => (long)id).ToArray()));
    }

    private static void AssertClose(Tensor expected, Tensor actual, string name) =>
        Assert.True((expected - actual).abs().max().item<double>() <= 1e-10 * expected.abs().max().item<double>(), name);
}
