using FsCheck;
using FsCheck.Fluent;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>Every divergence on every label kind that trains it, on random positions, temperatures and weights.</summary>
public class GradientPropertyTests
{
    public static TheoryData<string, string> Pairs
    {
        get
        {
            TheoryData<string, string> pairs = new() { { "sampled", "forward_kl" } };
            foreach (var name in (string[])["forward_kl", "reverse_kl", "jsd({0})", "skew_forward_kl({0})", "skew_reverse_kl({0})", "tvd"])
            {
                pairs.Add("dense", name);
                pairs.Add("topk", name);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void GradientIsTheQuotientOfDifferences(string kind, string divergence) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(1, 1),
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            using var scope = NewDisposeScope();
            var (naive, objective, student) = Case(kind, divergence, seed);
            var run = ObjectiveRun.Of(student, naive.Targets, objective);
            var logits = student.data<double>().ToArray();
            var most = run.Gradient.Max(Math.Abs);
            for (var i = 0; i < logits.Length; i++)
            {
                const double Step = 1e-5;
                var quotient = (LossAt(i, Step) - LossAt(i, -Step)) / (2 * Step);
                Assert.InRange(run.Gradient[i], quotient - 1e-6 - (1e-6 * most), quotient + 1e-6 + (1e-6 * most));
            }

            double LossAt(int place, double step)
            {
                var moved = (double[])logits.Clone();
                moved[place] += step;
                return ObjectiveRun.Of(tensor(moved, student.shape), naive.Targets, objective).Loss;
            }
        }));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void LossAndGradientAreWhatAutogradGives(string kind, string divergence) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(2, 1),
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            using var scope = NewDisposeScope();
            var (naive, objective, student) = Case(kind, divergence, seed);
            var leaf = student.clone().requires_grad_(true);
            var loss = naive.Loss(leaf, student.shape[0]);
            loss.backward();
            ObjectiveRun.Of(student, naive.Targets, objective).AssertClose(loss.item<double>(), leaf.grad!.data<double>().ToArray(), 1e-10);
        }));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void TeacherAsStudentLosesNothing(string kind, string divergence)
    {
        if (kind == "sampled")
        {
            // zero on average only: SampledForwardKlTests
            return;
        }

        using var scope = NewDisposeScope();
        using var generator = new Generator(7, CPU);
        var teacher = randn(20, 40, dtype: ScalarType.Float64, generator: generator) * 2;
        foreach (var temperature in (double[])[1, 2])
        {
            var objective = new Objective(Divergence.Parse(Spelled(divergence, 0.3)), 0, temperature);
            var targets = NaiveLoss.Of(kind, objective, teacher, 5, zeros(20, ScalarType.Int64)).Targets;
            foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
            {
                Assert.InRange(ObjectiveRun.Of(teacher.to_type(dtype), targets, objective).Loss, -1e-6, 1e-6);
            }
        }
    }

    private static (NaiveLoss Naive, Objective Objective, Tensor Student) Case(string kind, string divergence, int seed)
    {
        var random = new Random(seed);
        var (positions, vocabulary) = (random.Next(1, 4), random.Next(4, 12));
        var objective = new Objective(Divergence.Parse(Spelled(divergence, 0.05 + (0.9 * random.NextDouble()))), random.Next(2) * random.NextDouble(), random.Next(2) == 0 ? 1 : 0.5 + (3 * random.NextDouble()));
        Tensor Logits() => tensor([.. Enumerable.Range(0, positions * vocabulary).Select(_ => 6 * (random.NextDouble() - 0.5))], [positions, vocabulary]);
        var tokens = tensor([.. Enumerable.Range(0, positions).Select(_ => (long)random.Next(vocabulary))]);
        return (NaiveLoss.Of(kind, objective, Logits(), random.Next(1, vocabulary - 1), tokens), objective, Logits());
    }

    private static string Spelled(string divergence, double parameter) => string.Format(System.Globalization.CultureInfo.InvariantCulture, divergence, parameter);
}
