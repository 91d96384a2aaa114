using Reflux.Distillation.Objectives;
using Reflux.Distillation.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>Losses and gradients against values that were computed from the formulas alone, elsewhere.</summary>
public class GoldenLossTests
{
    private static readonly (ScalarType Dtype, double Tolerance)[] Precisions = [(ScalarType.Float64, 1e-12), (ScalarType.Float32, 1e-6)];

    public static TheoryData<int> All => [.. GoldenLoss.Indexes(_ => true)];

    public static TheoryData<int> Tails => [.. GoldenLoss.Indexes(golden => golden.Name.StartsWith("tail", StringComparison.Ordinal))];

    public static TheoryData<string, string> Divergences => new()
    {
        { "forward_kl", "forward_kl" },
        { "reverse_kl", "reverse_kl" },
        { "jsd(0.01)", "jsd_beta_0.01" },
        { "jsd(0.1)", "jsd_beta_0.1" },
        { "jsd(0.5)", "jsd_beta_0.5" },
        { "jsd(0.9)", "jsd_beta_0.9" },
        { "skew_forward_kl(0.1)", "skew_fkl_0.1" },
        { "skew_reverse_kl(0.1)", "skew_rkl_0.1" },
        { "tvd", "tvd" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void LossAndGradientAreTheFormulas(int index)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenLoss.At(index);
        foreach (var (dtype, tolerance) in Precisions)
        {
            ObjectiveRun.Of(golden.Logits(dtype), golden.Targets(), golden.Objective, golden.CrossEntropyWeight, golden.Temperature)
                .AssertClose(golden.Loss + golden.EntropyTerm, golden.FlatGradient, tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Tails))]
    public void EveryNumberIsRightHoweverSmallTheTail(int index)
    {
        // log(1 − Σ q) in float32 is −∞ from q_τ = 6e-8 on
        using var scope = NewDisposeScope();
        var golden = GoldenLoss.At(index);
        var run = ObjectiveRun.Of(golden.Logits(ScalarType.Float32), golden.Targets(), golden.Objective);

        Assert.InRange(run.Loss / golden.Loss, 1 - 1e-4, 1 + 1e-4);
        Assert.All(golden.FlatGradient.Zip(run.Gradient), pair => Assert.InRange(pair.Second, pair.First - Math.Abs(pair.First * 1e-4), pair.First + Math.Abs(pair.First * 1e-4)));
    }

    [Theory]
    [MemberData(nameof(Divergences))]
    public void DivergencesAreTheGoldenOnes(string divergence, string name)
    {
        using var scope = NewDisposeScope();
        foreach (var (dtype, tolerance) in Precisions)
        {
            Assert.Equal(GoldenValues.Value(name), Dense(dtype, divergence, 1).Loss, tolerance);
        }
    }

    [Theory]
    [InlineData("forward_kl", "grad_forward_kl")]
    [InlineData("reverse_kl", "grad_reverse_kl")]
    [InlineData("jsd(0.5)", "grad_jsd_0.5")]
    [InlineData("reverse_kl", "expgrad_k2")]
    [InlineData("forward_kl", "expgrad_k3")]
    public void GradientsAreTheGoldenOnes(string divergence, string name)
    {
        using var scope = NewDisposeScope();
        foreach (var (dtype, tolerance) in Precisions)
        {
            var run = Dense(dtype, divergence, 1);
            run.AssertClose(run.Loss, GoldenValues.Values(name), tolerance);
        }
    }

    [Theory]
    [InlineData(2, "forward_kl_T2_times_T2")]
    [InlineData(4, "forward_kl_T4_times_T2")]
    public void TemperatureComesWithItsSquare(double temperature, string name)
    {
        using var scope = NewDisposeScope();
        foreach (var (dtype, tolerance) in Precisions)
        {
            Assert.Equal(GoldenValues.Value(name), Dense(dtype, "forward_kl", temperature).Loss, tolerance);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheTailIsOneBucket(int k)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenValues.Value($"topk{k}_tail", "loss");
        foreach (var (dtype, tolerance) in Precisions)
        {
            TopK(dtype, k).AssertClose(golden, GoldenValues.Values($"topk{k}_tail", "grad"), tolerance);
        }
    }

    private static ObjectiveRun Dense(ScalarType dtype, string divergence, double temperature) => ObjectiveRun.Of(
        tensor(GoldenValues.Student, [1, 8], dtype: dtype),
        new DenseTargets(tensor(GoldenValues.Teacher, [1, 8]), tensor(new long[1])),
        divergence,
        temperature: temperature);

    private static ObjectiveRun TopK(ScalarType dtype, int k) => ObjectiveRun.Of(
        tensor(GoldenValues.Student, [1, 8], dtype: dtype), TeacherLabels.TopK(tensor(GoldenValues.Teacher, [1, 8]), k), "forward_kl");
}
