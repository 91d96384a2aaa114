using Reflux.Distillation.Objectives;
using Reflux.Distillation.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>
/// Shorter losses that look right and aren't, so that nobody brings them back: top-k ids without the tail, as they are or rescaled. A student that descends on them
/// ends at p/Σ_K p. For Σ min(c/N, q) see AcceptanceEstimatorTests.
/// </summary>
public class BiasedVariantTests
{
    private const int Kept = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WithoutTheTailLossAndGradientAreTheGoldenBiasedOnes(int k)
    {
        using var scope = NewDisposeScope();
        var run = ObjectiveRun.Of(tensor(GoldenValues.Student, [1, 8]), WithoutTail(k, rescaled: false), "forward_kl");

        // weights know no entropy: theirs is −Σ_K p ln p
        var kept = GoldenValues.Probabilities(GoldenValues.Teacher).OrderDescending().Take(k);
        run.AssertClose(
            GoldenValues.Value($"topk{k}_notail_unrenorm", "loss") - kept.Sum(p => p * Math.Log(p)), GoldenValues.Values($"topk{k}_notail_unrenorm", "grad"), 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WithoutTheTailTheTeacherIsNoMinimum(bool rescaled)
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(GoldenValues.Teacher, [1, 8]);

        Assert.True(ObjectiveRun.Of(teacher, WithoutTail(Kept, rescaled), "forward_kl").Gradient.Max(Math.Abs) > 0.03);
        Assert.True(ObjectiveRun.Of(teacher, TeacherLabels.TopK(teacher, Kept), "forward_kl").Gradient.Max(Math.Abs) < 1e-12);
    }

    [Fact]
    public void WithoutTheTailAStudentConvergesElsewhere()
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(GoldenValues.Teacher, [1, 8]);
        var p = GoldenValues.Probabilities(GoldenValues.Teacher);
        int[] kept = [.. Enumerable.Range(0, 8).OrderByDescending(id => p[id]).Take(Kept)];
        var mass = kept.Sum(id => p[id]);

        var (biased, rescaled, right) = (Converged(WithoutTail(Kept, false)), Converged(WithoutTail(Kept, true)), Converged(TeacherLabels.TopK(teacher, Kept)));

        Assert.All(kept, id =>
        {
            Assert.Equal(p[id] / mass, biased[id], 0.01);
            Assert.Equal(p[id] / mass, rescaled[id], 0.01);
            Assert.Equal(p[id], right[id], 1e-6);
        });
    }

    private static double[] Converged(SoftTargets targets)
    {
        var logits = zeros(1, 8, ScalarType.Float64);
        for (var step = 0; step < 4000; step++)
        {
            logits.sub_(tensor(ObjectiveRun.Of(logits, targets, "forward_kl").Gradient, [1, 8]).mul_(2));
        }

        return logits.softmax(1).data<double>().ToArray();
    }

    private static SampledTargets WithoutTail(int k, bool rescaled)
    {
        var (kept, ids) = tensor(GoldenValues.Teacher, [1, 8]).softmax(1).topk(k, 1);
        return SampledTargets.FromWeights(ids, rescaled ? kept / kept.sum(1, keepdim: true) : kept, zeros(1, ScalarType.Int64));
    }
}
