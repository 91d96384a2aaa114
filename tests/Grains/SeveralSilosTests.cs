using Orleans.TestingHost;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Grains.Cluster;
using Reflux.Grains.Faults;
using Reflux.Grains.Lanes;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;
using Reflux.Grains.Teachers;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests;

/// <summary>
/// What one silo's code gets from grains, wherever they are: of two silos each grain is away from at least one, so everything here is serialised. On the stand-in, which is never more
/// than one silo, the same is asked of that one.
/// </summary>
public sealed class SeveralSilosTests : IAsyncLifetime
{
    private static readonly short Silos = (short)(typeof(InProcessTestCluster).Assembly.GetName().Name == "Orleans.TestingHost" ? 2 : 1);

    private readonly GrainCluster _cluster = new(labelPartitions: 64, Silos);

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Every_silo_sees_the_same_definitions()
    {
        var lane = await _cluster.CreateLaneAsync("shared");
        var teacher = await _cluster.CreateTeacherAsync("tutor", "shared");
        await _cluster.Teacher("tutor").Report(new TeacherReport { Silo = "t", State = "running", Message = "", Answered = 7 });
        foreach (var grains in Each())
        {
            Assert.Equal(lane, (await grains.GetGrain<ILaneGrain>("shared").Get())!.Read());
            Assert.Equal(teacher, (await grains.GetGrain<ITeacherGrain>("tutor").Get())!.Read());
            Assert.Equal(7, Assert.Single(await grains.GetGrain<ITeacherGrain>("tutor").Workers()).Answered);
            Assert.Equal([lane.Id, teacher.Id], (await grains.GetGrain<IClusterGrain>(IClusterGrain.Key).List()).Select(entry => entry.Id));
            Assert.Null(await grains.GetGrain<IStudentGrain>("nobody").View());
        }
    }

    [Fact]
    public async Task A_refusal_keeps_its_code_message_and_remedy()
    {
        await _cluster.CreateLaneAsync("taken");
        foreach (var grains in Each())
        {
            var taken = await Assert.ThrowsAsync<GrainFault>(() => grains.GetGrain<ILaneGrain>("taken").Create(GrainCluster.Json(new LaneSpec { Name = "taken" })));
            Assert.Equal((ErrorCodes.NameTaken, "a lane 'taken' exists"), (taken.Code, taken.Message));
            Assert.NotEmpty(taken.Remedy);

            // thrown by a grain that the called one asks, perhaps on a third place
            var missing = await Assert.ThrowsAsync<GrainFault>(() => grains.GetGrain<IStudentGrain>("stray").Create(GrainCluster.Json(GrainCluster.StudentSpec("stray", "nowhere"))));
            Assert.Equal(ErrorCodes.LaneNotFound, missing.Code);
        }
    }

    [Fact]
    public async Task Any_silo_claims_reports_works_and_publishes()
    {
        var (_, definition) = await _cluster.NewStudentAsync("wanderer");
        foreach (var (grains, turn) in Each().Select((grains, index) => (grains, index + 1)))
        {
            var (student, snapshots) = (grains.GetGrain<IStudentGrain>("wanderer"), grains.GetGrain<ISnapshotsGrain>("wanderer"));
            var claim = await student.Claim($"silo-{turn}");
            Assert.Equal((true, turn, $"silo-{turn}", definition), (claim.Granted, claim.Epoch, claim.Owner, claim.Definition.Read()));

            var job = await student.Submit(StudentJobKinds.Evaluation, "{\"x\":1}");
            var directive = await student.Report(turn, new TrainerReport { State = "running", Message = "" });
            Assert.Equal((job, StudentJobKinds.Evaluation, "{\"x\":1}"), directive.Jobs.Select(open => (open.Id, open.Kind, open.ArgumentsJson)).Single());
            await student.Complete(turn, job, JobOutcome.Failed(new RefluxException(ErrorCodes.Timeout, "late", "again")));
            Assert.Equal((ErrorCodes.Timeout, "late", "again"), await student.Job(job, TimeSpan.Zero) is { } outcome ? (outcome.ErrorCode, outcome.ErrorMessage, outcome.Remedy) : default);

            var entry = await snapshots.Commit(turn, new CommitRequest { StudentId = definition.Id, Manifest = $"manifest-{turn}", Step = 10 * turn, Acceptance = 0.5 });
            Assert.Equal(entry, await snapshots.Newer(turn - 1, TimeSpan.Zero));
            Assert.Equal(turn, (await snapshots.List()).Count);
            await student.Release(turn);
        }

        foreach (var grains in Each())
        {
            Assert.Equal(Silos, (await grains.GetGrain<ISnapshotsGrain>("wanderer").Latest())!.Version);
        }
    }

    private IEnumerable<IGrainFactory> Each()
    {
        var factories = _cluster.Factories.ToList();
        Assert.Equal(Silos, factories.Count);
        return factories;
    }
}
