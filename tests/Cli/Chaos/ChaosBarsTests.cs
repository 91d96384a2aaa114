using Reflux.Cli.Chaos;

namespace Reflux.Cli.Tests.Chaos;

public sealed class ChaosBarsTests
{
    private static readonly Dictionary<string, int> All = Enum.GetValues<NemesisKind>().Where(kind => kind != NemesisKind.BrokerKill).ToDictionary(ChaosBars.Name, _ => 1);

    private static readonly ChaosSummary Good = new()
    {
        Seed = 1,
        Broker = "embedded",
        Kills = 10,
        Faults = All,
        FullDisk = "tmpfs",
        Acknowledged = 2000,
        Trained = 1900,
        Holdout = 95,
        SampledOut = 0,
        DeadLettered = 0,
        Quarantined = 0,
        Pending = 5,
        Lost = 0,
        TrainedTwice = 0,
        Steps = 200,
        Identical = true,
        SnapshotsVerified = 3,
        SnapshotsTorn = 0,
    };

    [Fact]
    public void A_run_that_reached_them_missed_none() => Assert.Empty(Missed(Good, 120));

    [Fact]
    public void A_shorter_run_needs_less()
    {
        var half = Good with { Kills = 5, Acknowledged = 1000, Trained = 900, Steps = 100 };

        Assert.Empty(Missed(half, 60));
        Assert.Equal(3, Missed(half, 120).Count);
    }

    [Fact]
    public void Each_bar_can_be_missed_and_is_named()
    {
        Assert.Contains("lost", Assert.Single(Missed(Good with { Lost = 1 }, 120)), StringComparison.Ordinal);
        Assert.Contains("trained twice", Assert.Single(Missed(Good with { TrainedTwice = 1 }, 120)), StringComparison.Ordinal);
        Assert.Contains("another state", Assert.Single(Missed(Good with { Identical = false }, 120)), StringComparison.Ordinal);
        Assert.Contains("torn", Assert.Single(Missed(Good with { SnapshotsTorn = 1 }, 120)), StringComparison.Ordinal);
        Assert.Contains("no snapshot", Assert.Single(Missed(Good with { SnapshotsVerified = 0 }, 120)), StringComparison.Ordinal);
        Assert.Contains("sum", Assert.Single(Missed(Good with { Pending = 4 }, 120)), StringComparison.Ordinal);
        Assert.Contains("secondSilo", Assert.Single(Missed(Good with { Faults = Without("secondSilo") }, 120)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_its_broker_or_its_machine_does_not_allow_is_not_asked_for()
    {
        Assert.Contains("brokerKill", Assert.Single(Missed(Good with { Broker = "durable" }, 120)), StringComparison.Ordinal);
        Assert.Contains("fullDisk", Assert.Single(Missed(Good with { Faults = Without("fullDisk") }, 120)), StringComparison.Ordinal);
        Assert.Empty(Missed(Good with { Faults = Without("fullDisk"), FullDisk = null }, 120));
    }

    private static Dictionary<string, int> Without(string kind) => All.Where(fault => fault.Key != kind).ToDictionary();

    private static IReadOnlyList<string> Missed(ChaosSummary run, double seconds) => ChaosBars.Missed(run, seconds);
}
