using Reflux.Distillation.Evaluation;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Golden;
using Reflux.Distillation.Tests.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Evaluation;

public class AcceptanceEstimatorTests
{
    private const int Positions = 20_000;

    [Fact]
    public void GoldenAcceptanceIsOneMinusTheTotalVariation()
    {
        var (p, q) = (GoldenValues.Probabilities(GoldenValues.Teacher), GoldenValues.Probabilities(GoldenValues.Student));
        Assert.Equal(GoldenValues.Value("acceptance"), p.Zip(q, Math.Min).Sum(), 1e-12);
        Assert.Equal(GoldenValues.Value("1-tvd"), 1 - (p.Zip(q, (a, b) => Math.Abs(a - b)).Sum() / 2), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(50)]
    public void EstimatesAreUnbiased(int draws)
    {
        using var scope = NewDisposeScope();
        var sequence = SampledSequences.From(tensor(GoldenValues.Teacher).expand(Positions, 8), draws, holdout: true);
        var logits = tensor(GoldenValues.Student, dtype: ScalarType.Float64).expand(Positions, 8);

        var (acceptance, divergence) = AcceptanceEstimator.Estimate(logits, SampledTargets.From([sequence], dtype: ScalarType.Float64), 1);

        // ln p travels in fp16, relative error 2^-11 of |ln p|: on average at most H(p)·2^-11
        var rounding = GoldenValues.Value("entropy_teacher") / 2048;
        AssertWithinFourSigma(GoldenValues.Value("acceptance"), acceptance, rounding);
        AssertWithinFourSigma(GoldenValues.Value("forward_kl"), divergence, rounding);
    }

    [Fact]
    public void AnIdenticalStudentIsAlwaysAccepted()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var logits = randn(500, 2048, generator: generator) * 3;
        var targets = SampledTargets.From([SampledSequences.From(logits, 50, holdout: true)]);

        var (acceptance, divergence) = AcceptanceEstimator.Estimate(logits, targets, 1);

        Assert.All(acceptance, value => Assert.InRange(value, 0.996, 1));
        Assert.All(divergence, value => Assert.InRange(value, -0.004, 0.004));
        Assert.True(acceptance.Average() > 0.999);
    }

    [Fact]
    public void TheTemperatureOfTheLabelsIsTheStudentsToo()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var logits = randn(200, 50, generator: generator) * 3;
        var targets = SampledTargets.From([SampledSequences.From(logits, 50, temperature: 2, holdout: true)]);

        Assert.True(AcceptanceEstimator.Estimate(logits, targets, 2).Acceptance.Average() > 0.999);
        Assert.True(AcceptanceEstimator.Estimate(logits, targets, 1).Acceptance.Average() < 0.9);
    }

    [Fact]
    public void TheMinimumOfCountsAndProbabilitiesIsBiased()
    {
        // why α̂ is not Σ min(c/N, q): for an identical student over a Zipf(1.8) vocabulary that is 0.79 instead of 1
        using var scope = NewDisposeScope();
        var logits = tensor(Enumerable.Range(1, 2048).Select(rank => -1.8 * Math.Log(rank)).ToArray()).expand(2000, 2048);
        var sequence = SampledSequences.From(logits, 50, holdout: true);
        var probabilities = logits.narrow(0, 0, 1).reshape(-1).softmax(0).data<double>().ToArray();

        var labels = (SampledLabels)sequence.Labels;
        var biased = labels.Ids.ToArray().Zip(labels.Counts.ToArray(), (id, count) => Math.Min(count / 50.0, probabilities[id])).Sum() / 2000;
        var unbiased = AcceptanceEstimator.Estimate(logits, SampledTargets.From([sequence], dtype: ScalarType.Float64), 1).Acceptance.Average();

        Assert.InRange(biased, 0.77, 0.81);
        Assert.InRange(unbiased, 0.999, 1);
    }

    [Fact]
    public void TrainingLabelsCannotMeasure()
    {
        using var scope = NewDisposeScope();
        var targets = SampledTargets.From([SampledSequences.From(zeros(2, 8), 4)]);
        Assert.Throws<ArgumentException>(() => AcceptanceEstimator.Estimate(zeros(2, 8), targets, 1));
    }

    private static void AssertWithinFourSigma(double expected, double[] values, double rounding)
    {
        var mean = values.Average();
        var sigma = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1) / values.Length);
        Assert.InRange(mean, expected - (4 * sigma) - rounding, expected + (4 * sigma) + rounding);
    }
}
