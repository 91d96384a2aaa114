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

        var estimates = AcceptanceEstimator.Estimate(logits, SampledTargets.From([sequence], dtype: ScalarType.Float64), 1);

        // ln p travels in fp16, relative error 2^-11 of |ln p|: on average at most H(p)·2^-11
        var rounding = GoldenValues.Value("entropy_teacher") / 2048;
        AssertWithinFourSigma(GoldenValues.Value("acceptance"), estimates.Acceptance, rounding);
        AssertWithinFourSigma(GoldenValues.Value("forward_kl"), estimates.KlDivergence, rounding);
        AssertWithinFourSigma(GoldenValues.Value("forward_kl") + GoldenValues.Value("entropy_teacher"), estimates.CrossEntropy, rounding: 0);
    }

    [Fact]
    public void AnIdenticalStudentIsAlwaysAccepted()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var logits = randn(500, 2048, generator: generator) * 3;
        var targets = SampledTargets.From([SampledSequences.From(logits, 50, holdout: true)]);

        var estimates = AcceptanceEstimator.Estimate(logits, targets, 1);

        Assert.All(estimates.Acceptance, value => Assert.InRange(value, 0.996, 1));
        Assert.All(estimates.KlDivergence, value => Assert.InRange(value, -0.004, 0.004));
        Assert.True(estimates.Acceptance.Average() > 0.999);

        // what training sees: Σ (c/N)(−ln q) − H(p), which is 0 on average only
        var entropy = targets.Entropy.to_type(ScalarType.Float64).data<double>().ToArray();
        AssertWithinFourSigma(0, [.. estimates.CrossEntropy.Zip(entropy, (crossEntropy, own) => crossEntropy - own)], entropy.Average() / 2048);
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
    public void AgreementIsThatOfTheMostProbableIds()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var logits = randn(500, 300, generator: generator) * 3;
        var student = logits + randn(500, 300, generator: generator);
        var targets = SampledTargets.From([SampledSequences.From(logits, 50, holdout: true)]);

        var agreement = AcceptanceEstimator.Estimate(student, targets, 1).Agreement;

        // where max p is small the most probable id is sometimes not among 50 draws
        var exact = logits.argmax(1).eq(student.argmax(1)).to_type(ScalarType.Float64).data<double>().ToArray();
        Assert.InRange(exact.Average(), 0.3, 0.9);
        var missed = logits.softmax(1).amax([1]).neg().add(1).pow(50).sum().item<float>();
        Assert.InRange(agreement.Zip(exact).Count(pair => pair.First != pair.Second), 0, missed + (4 * Math.Sqrt(missed)));
    }

    [Fact]
    public void TopKLabelsBoundTheDenseTruth()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var teacher = randn(300, 60, generator: generator, dtype: ScalarType.Float64) * 2;
        var student = teacher + randn(300, 60, generator: generator, dtype: ScalarType.Float64);
        var (logP, logQ) = (teacher.log_softmax(1), student.log_softmax(1));
        var acceptance = Values(logP.minimum(logQ).exp().sum(1));
        var crossEntropy = Values((logP.exp() * logQ).sum(1).neg());
        var divergence = Values((logP.exp() * (logP - logQ)).sum(1));
        var agreement = Values(logP.argmax(1).eq(logQ.argmax(1)));
        foreach (var k in new[] { 1, 8, 60 })
        {
            var estimates = AcceptanceEstimator.Estimate(student, TopKTargets.From([TopKSequences.From(teacher, k)]), 1);

            // entropy is kept in fp16, ln p in float32
            for (var i = 0; i < 300; i++)
            {
                Assert.InRange(acceptance[i], estimates.Acceptance[i] - 1e-6, estimates.AcceptanceUpper![i] + 1e-6);
                Assert.True(estimates.KlDivergence[i] <= divergence[i] + 1e-5);
                Assert.True(estimates.CrossEntropy[i] <= crossEntropy[i] + 3e-3);
            }

            Assert.Equal(agreement, estimates.Agreement);
            if (k == 60)
            {
                Assert.Equal(acceptance.Average(), estimates.Acceptance.Average(), 1e-6);
                Assert.Equal(divergence.Average(), estimates.KlDivergence.Average(), 1e-5);
                Assert.Equal(crossEntropy.Average(), estimates.CrossEntropy.Average(), 1e-3);
            }
        }

        static double[] Values(Tensor values) => values.to_type(ScalarType.Float64).data<double>().ToArray();
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
