using Reflux.Cli.Demo;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;

namespace Reflux.Cli.Tests;

public sealed class FreshnessMeterTests
{
    private static readonly LogId Labels = new(Guid.Parse("33333333-0000-0000-0000-000000000000"), 0);
    private readonly DemoFixtures _run = new();
    private readonly FreshnessMeter _meter = new();

    [Fact]
    public void A_prompt_is_as_old_as_the_first_snapshot_that_trained_on_it()
    {
        _run.Accept(1, 0, seconds: 10);
        _run.Accept(2, 1, seconds: 11);
        _run.Label(0, (1, 0, false), (2, 1, false));
        _meter.Published(Manifest(record: 0, sequence: 1), seconds: 30);
        _meter.Published(Manifest(record: 1, sequence: 0), seconds: 50);

        var freshness = _meter.Measure(_run.Accepted, _run.Tail, end: 100);

        Assert.Equal(new Freshness(P50: 20, P99: 39, PublishedShare: 1), freshness);
    }

    [Fact]
    public void A_prompt_in_no_snapshot_counts_with_its_age_and_holdout_does_not_count()
    {
        _run.Accept(1, 0, seconds: 10);
        _run.Accept(2, 1, seconds: 20);
        _run.Accept(3, 2, seconds: 30);
        _run.Label(0, (1, 0, true), (2, 1, false));

        var freshness = _meter.Measure(_run.Accepted, _run.Tail, end: 100);

        Assert.Equal(new Freshness(P50: 70, P99: 80, PublishedShare: 0), freshness);
    }

    private static SnapshotManifest Manifest(long record, int sequence) => new()
    {
        Student = "s",
        StudentId = Guid.Empty,
        Epoch = 1,
        Step = 1,
        SpecHash = "",
        BaseModel = "",
        Lane = "l",
        LaneId = Guid.Empty,
        Teacher = new TeacherProvenance("t", Guid.Empty, "", "", "", ""),
        Labels = new LabelProvenance("sampled", 50, 1, 0.1, "none"),
        From = new Position(Labels, 0),
        To = new Position(Labels, record),
        ToSequence = sequence,
        TrainedTokens = 0,
        TrainedSequences = 0,
        Dtype = "F32",
        Environment = new EnvironmentFingerprint("", "", "", "", "cpu", 1, true),
        Gate = new GateReport { Passed = true, Failures = [], FiniteWeights = true, GreedyReproduced = true },
        Greedy = new GreedyCheck(1, 32, []),
        Resources = new ResourceUse(0, 0, 0),
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
    };
}
