using Orleans.Storage;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Grains.Faults;
using Reflux.Grains.Snapshots;
using Reflux.Silo.Students;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Students;

public sealed class TrainerServicesTests : IAsyncLifetime
{
    private static readonly Guid Student = Guid.NewGuid();

    private readonly Queue<Exception> _refusals = new();
    private LogSite _site = null!;
    private int _commits;

    public async Task InitializeAsync() => _site = await LogSite.OpenAsync();

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task A_position_of_a_log_that_the_broker_no_longer_has_holds_back_nobody()
    {
        var services = NewServices();

        await services.PublishSafePositionAsync(new Position(new LogId(Guid.NewGuid(), LogSite.LabelPartition), 7), _site.Limit);
        Assert.Null(await CommittedAsync());

        await services.PublishSafePositionAsync(new Position(_site.Connection.KnownLogId(Topics.Labels, LogSite.LabelPartition), 3), _site.Limit);
        Assert.Equal(3, await CommittedAsync());
    }

    [Fact]
    public async Task A_commit_that_met_another_ones_is_asked_again_and_then_knows_who_has_won()
    {
        _refusals.Enqueue(new InconsistentStateException("changed by another writer", "1", "2"));
        _refusals.Enqueue(new GrainFault(ErrorCodes.StaleEpoch, "epoch 1 may publish nothing", "stop"));

        var refusal = await Assert.ThrowsAsync<RefluxException>(() => NewServices().CommitSnapshotAsync(Manifest(), "digest", _site.Limit));

        Assert.Equal((ErrorCodes.StaleEpoch, 2), (refusal.Code, _commits));
    }

    private Task<long?> CommittedAsync() => _site.Connection.CommittedAsync(ConsumerGroups.Student(Student), Topics.Labels, LogSite.LabelPartition, _site.Limit);

    private TrainerServices NewServices()
    {
        var snapshots = GrainProxy.Of<ISnapshotsGrain>((_, _) =>
        {
            _commits++;
            return Task.FromException<SnapshotEntry>(_refusals.Dequeue());
        });
        var grains = GrainProxy.Of<IGrainFactory>((_, _) => snapshots);
        return new TrainerServices("pupil", Student, epoch: 1, new GroupCommitter(_site.Connection), _site.DeadLetters, grains);
    }

    private static SnapshotManifest Manifest() => new()
    {
        Student = "pupil",
        StudentId = Student,
        Epoch = 1,
        Step = 1,
        SpecHash = "",
        BaseModel = "",
        Lane = "",
        LaneId = Guid.Empty,
        Teacher = new TeacherProvenance("", Guid.Empty, "", "", "", ""),
        Labels = new LabelProvenance("", 0, 1, 0, ""),
        From = default,
        To = default,
        ToSequence = 0,
        TrainedTokens = 0,
        TrainedSequences = 0,
        Dtype = "",
        Environment = new EnvironmentFingerprint("", "", "", "", "", 1, true),
        Gate = new GateReport { Passed = true, Failures = [], FiniteWeights = true, GreedyReproduced = true },
        Greedy = new GreedyCheck(1, 0, []),
        Resources = new ResourceUse(0, 0, 0),
        CreatedAt = default,
        Files = [],
    };
}
