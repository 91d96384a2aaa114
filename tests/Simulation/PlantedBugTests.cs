using Reflux.Simulation.Tests.Installation;

namespace Reflux.Simulation.Tests;

/// <summary>The test of the test: bugs planted around the real code are found, soon, and by what they break.</summary>
public sealed class PlantedBugTests
{
    [Theory]
    [InlineData(nameof(Bug.CommitBeforeAcknowledgement), "is committed and has neither label nor dead letter")]
    [InlineData(nameof(Bug.DedupeByRecord), "is not that of an undisturbed run")]
    [InlineData(nameof(Bug.UnfencedStore), "epoch")]
    [InlineData(nameof(Bug.ForgottenFence), "had begun")]
    [InlineData(nameof(Bug.PositionBeforeCheckpoint), "beyond what its checkpoints hold")]
    public void A_planted_bug_is_found(string bug, string because)
    {
        var found = Enumerable.Range(1, 100).Select(seed => Installation.Simulation.Run(seed, Enum.Parse<Bug>(bug))).FirstOrDefault(outcome => outcome.Violation is not null);

        Assert.NotNull(found);
        Assert.Contains(because, found.Violation, StringComparison.Ordinal);
        Assert.Null(Installation.Simulation.Run(found.Seed).Violation);
    }
}
