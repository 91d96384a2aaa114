using Reflux.Contracts.Errors;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

public class SampledForwardKlTests
{
    private const int Positions = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(50)]
    public void GradientIsThatOfTheFullKlInExpectation(int draws)
    {
        using var scope = NewDisposeScope();
        var teacher = GoldenValues.Teacher;
        var sequence = SampledSequences.From(tensor(teacher).expand(Positions, 8), draws);
        var logits = tensor(GoldenValues.Student, dtype: ScalarType.Float64).expand(Positions, 8);

        var gradient = Sum(ObjectiveRun.Of(logits, SoftTargets.FromLabels([sequence]), "forward_kl").Gradient);

        var (golden, probabilities) = (GoldenValues.Values("grad_forward_kl"), GoldenValues.Probabilities(teacher));
        for (var id = 0; id < 8; id++)
        {
            var sigma = Math.Sqrt(probabilities[id] * (1 - probabilities[id]) / draws / Positions);
            Assert.InRange(gradient[id], golden[id] - (4 * sigma), golden[id] + (4 * sigma));
        }
    }

    [Fact]
    public void LossEstimatesTheFullKlWithoutBias()
    {
        using var scope = NewDisposeScope();
        var sequence = SampledSequences.From(tensor(GoldenValues.Teacher).expand(Positions, 8), 50);
        var logits = tensor(GoldenValues.Student, dtype: ScalarType.Float64).expand(Positions, 8);

        var loss = ObjectiveRun.Of(logits, SoftTargets.FromLabels([sequence]), "forward_kl").Loss;

        AssertMean(GoldenValues.Value("forward_kl"), loss, GoldenValues.Student, 50);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(50)]
    public void TeacherAsStudentHasNoLossOnAverage(int draws)
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(GoldenValues.Teacher).expand(Positions, 8);
        var loss = ObjectiveRun.Of(teacher, SoftTargets.FromLabels([SampledSequences.From(teacher, draws)]), "forward_kl").Loss;

        AssertMean(0, loss, GoldenValues.Teacher, draws);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.3)]
    [InlineData(2, 0.3)]
    [InlineData(4, 1)]
    public void LossAndGradientAreTheFormula(double temperature, double weight)
    {
        using var scope = NewDisposeScope();
        var sequence = TwoPositions();
        var student = GoldenValues.Student;
        var logits = tensor(student, dtype: ScalarType.Float64).expand(2, 8);

        var run = ObjectiveRun.Of(logits, SoftTargets.FromLabels([sequence]), "forward_kl", weight, temperature, count: 5);

        var (q1, qT) = (GoldenValues.Probabilities(student), GoldenValues.Probabilities(student, temperature));
        double[][] frequencies = [[0.5, 0, 0, 0.25, 0, 0, 0.25, 0], [0, 0, 1, 0, 0, 0, 0, 0]];
        long[] tokens = [6, 2];
        var expected = 0.0;
        for (var i = 0; i < 2; i++)
        {
            var divergence = frequencies[i].Zip(qT, (f, q) => -f * Math.Log(q)).Sum() - (double)sequence.Labels.Entropy[i];
            expected += ((1 - weight) * temperature * temperature * divergence) - (weight * Math.Log(q1[tokens[i]]));
            for (var id = 0; id < 8; id++)
            {
                var gradient = ((1 - weight) * temperature * (qT[id] - frequencies[i][id])) + (weight * (q1[id] - (id == tokens[i] ? 1 : 0)));
                Assert.Equal(gradient / 5, run.Gradient[(i * 8) + id], 1e-12);
            }
        }

        Assert.Equal(expected / 5, run.Loss, 1e-12);
    }

    [Fact]
    public void MicroBatchesAddUpToTheWhole()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var teacher = randn(40, 30, generator: generator) * 2;
        var targets = SoftTargets.FromLabels([SampledSequences.From(teacher, 50)]);
        var logits = randn(40, 30, dtype: ScalarType.Float64, generator: generator);

        double Loss(long start, long length) => ObjectiveRun.Of(logits.narrow(0, start, length), targets.Narrow(start, length), "forward_kl", 0.2, count: 40).Loss;

        Assert.Equal(Loss(0, 40), Loss(0, 13) + Loss(13, 27), 1e-12);
    }

    [Fact]
    public void GradientIsTheSameBitsEveryTime()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var targets = SoftTargets.FromLabels([SampledSequences.From(randn(600, 200, generator: generator), 50)]);
        var logits = randn(600, 200, generator: generator);

        var first = ObjectiveRun.Of(logits, targets, "forward_kl", 0.1).Gradient;
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal(first, ObjectiveRun.Of(logits, targets, "forward_kl", 0.1).Gradient));
    }

    [Theory]
    [InlineData("reverse_kl")]
    [InlineData("jsd(0.5)")]
    [InlineData("skew_forward_kl(0.1)")]
    [InlineData("skew_reverse_kl(0.1)")]
    [InlineData("tvd")]
    public void OtherDivergencesAreRefusedWithTheReason(string divergence)
    {
        using var scope = NewDisposeScope();
        var refusal = Assert.Throws<RefluxException>(() => ObjectiveRun.Of(zeros(2, 8), SoftTargets.FromLabels([TwoPositions()]), divergence));

        Assert.Equal(ErrorCodes.InvalidRequest, refusal.Code);
        Assert.Contains(divergence, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("biased", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsOutsideTheirRangeAreRefused()
    {
        using var scope = NewDisposeScope();
        var targets = SoftTargets.FromLabels([TwoPositions()]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ObjectiveRun.Of(zeros(2, 8), targets, "forward_kl", weight: 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ObjectiveRun.Of(zeros(2, 8), targets, "forward_kl", temperature: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ObjectiveRun.Of(zeros(2, 8), targets, "forward_kl", count: 0));
    }

    /// <summary>Four standard errors of Σ (c/N)(−ln q), and what the entropy's fp16 adds.</summary>
    private static void AssertMean(double expected, double loss, double[] student, int draws)
    {
        var (q, p) = (GoldenValues.Probabilities(student), GoldenValues.Probabilities(GoldenValues.Teacher));
        var mean = p.Zip(q, (a, b) => -a * Math.Log(b)).Sum();
        var variance = p.Zip(q, (a, b) => a * Math.Pow(-Math.Log(b) - mean, 2)).Sum();
        var tolerance = (4 * Math.Sqrt(variance / draws / Positions)) + (GoldenValues.Value("entropy_teacher") / 2048);
        Assert.InRange(loss, expected - tolerance, expected + tolerance);
    }

    private static double[] Sum(double[] rows)
    {
        var sums = new double[8];
        for (var i = 0; i < rows.Length; i++)
        {
            sums[i % 8] += rows[i];
        }

        return sums;
    }

    private static LabelledSequence TwoPositions() => SampledSequences.From(zeros(2, 8), 4) with
    {
        Tokens = [0, 6, 2],
        Labels = new SampledLabels([0, 3, 4], [0, 3, 6, 2], [2, 1, 1, 4], [(Half)1.25, (Half)0.5]),
    };
}
