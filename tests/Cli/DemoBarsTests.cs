using Reflux.Cli.Demo;
using Reflux.Contracts.Http;
using Reflux.Contracts.Snapshots;

namespace Reflux.Cli.Tests;

public sealed class DemoBarsTests
{
    private static readonly SnapshotVersion Version = new("s", 1, new string('0', 64), 1, 1, 0.9, DateTimeOffset.UnixEpoch);

    private static readonly DemoSummary Good = new()
    {
        Prompts = 5000,
        LabelRecords = 300,
        BytesPerToken = 40,
        TrainedTokens = 100_000,
        Steps = 300,
        TokensPerSecond = 1000,
        Acceptance = new DriftCurve(0.1, 0.9, 0.7, 0.9, 0.8),
        AcceptanceUncertain = new DriftCurve(0.1, 0.8, 0.6, 0.8, 0.7),
        ExactMatch = new StartEnd(0, 0.6),
        Holdout = new KindCounts(200, 200),
        Snapshots = [Version, Version, Version],
        Pulled = new PulledSnapshot(3, true, true),
        FreshnessSeconds = new Freshness(20, 40, 0.95),
        Recovered = new Recovery(0, 0, 8),
        Seconds = 200,
        Engine = new EngineInfo("o", "t", "k"),
    };

    public static TheoryData<string> Shortfalls { get; } = [.. Changes.Keys];

    private static Dictionary<string, Func<DemoSummary, DemoSummary>> Changes => new()
    {
        ["acceptance.end"] = run => run with { Acceptance = run.Acceptance with { End = 0.84, BeforeDrift = 0.86, AfterDrift = 0.6 } },
        ["acceptanceUncertain.end"] = run => run with { AcceptanceUncertain = run.AcceptanceUncertain with { End = 0.69 } },
        ["exactMatch.end"] = run => run with { ExactMatch = new StartEnd(0, 0.49) },
        ["acceptance.start"] = run => run with { Acceptance = run.Acceptance with { Start = 0.35 } },
        ["drift is not visible"] = run => run with { Acceptance = run.Acceptance with { AfterDrift = 0.86 } },
        ["did not come back"] = run => run with { Acceptance = run.Acceptance with { BeforeDrift = 0.94 } },
        ["200 of each kind"] = run => run with { Holdout = new KindCounts(200, 199) },
        ["3 are needed"] = run => run with { Snapshots = [Version, Version] },
        ["freshness p50"] = run => run with { FreshnessSeconds = new Freshness(46, 60, 0.95) },
        ["published snapshot"] = run => run with { FreshnessSeconds = new Freshness(20, 60, 0.89) },
        ["did not verify"] = run => run with { Pulled = run.Pulled with { Sha256Verified = false } },
        ["greedy"] = run => run with { Pulled = run.Pulled with { GreedyMatch = false } },
        ["were lost"] = run => run with { Recovered = new Recovery(1, 0, 8) },
        ["took effect twice"] = run => run with { Recovered = new Recovery(0, 1, 8) },
        ["recovery took"] = run => run with { Recovered = new Recovery(0, 0, 15.1) },
    };

    [Fact]
    public void A_good_run_misses_none() => Assert.Empty(DemoBars.Missed(Good));

    [Theory]
    [MemberData(nameof(Shortfalls))]
    public void Each_shortfall_is_named(string expected)
    {
        var missed = Assert.Single(DemoBars.Missed(Changes[expected](Good)));

        Assert.Contains(expected, missed, StringComparison.Ordinal);
    }
}
