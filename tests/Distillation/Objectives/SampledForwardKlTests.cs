using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

public class SampledForwardKlTests
{
    private const int Positions = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(50)]
    public void GradientIsThatOfTheFullKlInExpectation(int draws)
    {
        using var scope = NewDisposeScope();
        var teacher = GoldenValues.Teacher;
        var sequence = SampledSequences.From(tensor(teacher).expand(Positions, 8), draws);
        var logits = tensor(GoldenValues.Student, dtype: ScalarType.Float64).requires_grad_(true);

        ForwardKl.Loss(logits.expand(Positions, 8), SampledTargets.From([sequence], dtype: ScalarType.Float64), 0, 1, Positions).backward();

        var gradient = logits.grad!.data<double>().ToArray();
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

        var loss = ForwardKl.Loss(logits, SampledTargets.From([sequence], dtype: ScalarType.Float64), 0, 1, Positions).item<double>();

        var student = GoldenValues.Probabilities(GoldenValues.Student);
        var teacher = GoldenValues.Probabilities(GoldenValues.Teacher);
        var mean = teacher.Zip(student, (p, q) => -p * Math.Log(q)).Sum();
        var variance = teacher.Zip(student, (p, q) => p * Math.Pow(-Math.Log(q) - mean, 2)).Sum();
        var tolerance = (4 * Math.Sqrt(variance / 50 / Positions)) + 1e-3; // the entropy travels in fp16
        Assert.InRange(loss, GoldenValues.Value("forward_kl") - tolerance, GoldenValues.Value("forward_kl") + tolerance);
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
        var targets = SampledTargets.From([sequence], dtype: ScalarType.Float64);
        var student = GoldenValues.Student;
        var logits = tensor(student, dtype: ScalarType.Float64).expand(2, 8).clone().requires_grad_(true);

        var loss = ForwardKl.Loss(logits, targets, weight, temperature, globalCount: 5);
        loss.backward();

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
                Assert.Equal(gradient / 5, logits.grad!.data<double>()[i, id], 1e-12);
            }
        }

        Assert.Equal(expected / 5, loss.item<double>(), 1e-12);
    }

    [Fact]
    public void MicroBatchesAddUpToTheWhole()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var teacher = randn(40, 30, generator: generator) * 2;
        var targets = SampledTargets.From([SampledSequences.From(teacher, 50)], dtype: ScalarType.Float64);
        var logits = randn(40, 30, dtype: ScalarType.Float64, generator: generator);

        var whole = ForwardKl.Loss(logits, targets, 0.2, 1, 40).item<double>();
        var parts = ForwardKl.Loss(logits.narrow(0, 0, 13), targets.Narrow(0, 13), 0.2, 1, 40).item<double>()
            + ForwardKl.Loss(logits.narrow(0, 13, 27), targets.Narrow(13, 27), 0.2, 1, 40).item<double>();

        Assert.Equal(whole, parts, 1e-12);
    }

    [Fact]
    public void GradientIsTheSameBitsEveryTime()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var targets = SampledTargets.From([SampledSequences.From(randn(600, 200, generator: generator), 50)]);
        var logits = randn(600, 200, generator: generator);

        byte[] Gradient()
        {
            using var inner = NewDisposeScope();
            var leaf = logits.clone().requires_grad_(true);
            ForwardKl.Loss(leaf, targets, 0.1, 1, 600).backward();
            return leaf.grad!.bytes.ToArray();
        }

        var first = Gradient();
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal(first, Gradient()));
    }

    [Fact]
    public void WeightsOutsideTheirRangeAreRefused()
    {
        using var scope = NewDisposeScope();
        var targets = SampledTargets.From([TwoPositions()]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ForwardKl.Loss(zeros(2, 8), targets, 1.5, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ForwardKl.Loss(zeros(2, 8), targets, 0, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ForwardKl.Loss(zeros(2, 8), targets, 0, 1, 0));
    }

    private static LabelledSequence TwoPositions() => SampledSequences.From(zeros(2, 8), 4) with
    {
        Tokens = [0, 6, 2],
        Labels = new SampledLabels([0, 3, 4], [0, 3, 6, 2], [2, 1, 1, 4], [(Half)1.25, (Half)0.5]),
    };
}
