using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Snapshots;

namespace Reflux.Distillation.Tests.Snapshots;

public sealed class SnapshotGateTests
{
    [Theory]
    [InlineData(0.80, 0.82, true)]
    [InlineData(0.799, 0.82, false)]
    [InlineData(0.9, 0.1, true)]
    [InlineData(double.NaN, 0.1, false)]
    public void Acceptance_may_fall_by_so_much_and_no_more(double now, double before, bool passes)
    {
        var gate = SnapshotGate.Judge([], [], Report(now), Report(before), 0.0201);

        Assert.Equal(passes, gate.Passed);
        Assert.Equal(passes, gate.Failures.Count == 0);
    }

    [Fact]
    public void Without_holdout_or_predecessor_nothing_is_compared()
    {
        Assert.True(SnapshotGate.Judge([], [], null, null, 0.02).Passed);
        Assert.True(SnapshotGate.Judge([], [], Report(0.01), null, 0.02).Passed);
    }

    [Fact]
    public void Each_failed_check_has_its_line()
    {
        var gate = SnapshotGate.Judge(["model.norm.weight"], ["prompt 3, token 1: 5 instead of 7"], Report(0.1), Report(0.9), 0.02);

        Assert.False(gate.Passed);
        Assert.False(gate.FiniteWeights);
        Assert.False(gate.GreedyReproduced);
        Assert.Equal(3, gate.Failures.Count);
        Assert.Contains("model.norm.weight", gate.Failures[0]);
        Assert.Contains("prompt 3", gate.Failures[1]);
        Assert.Contains("0.1000", gate.Failures[2]);
    }

    private static AcceptanceReport Report(double acceptance) => new(acceptance, 0.01, 100, acceptance, 0.01, 50, 0.1, 20);
}
