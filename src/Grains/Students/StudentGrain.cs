using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Grains.Cluster;
using Reflux.Grains.Definitions;
using Reflux.Grains.Faults;
using Reflux.Grains.Snapshots;

namespace Reflux.Grains.Students;

/// <summary>
/// absent → live ⇄ paused → deleted → live …, and beside it: free → claimed(epoch, silo) → claimed(epoch + 1, …).
/// The epoch is bumped by a conditional write of the grain's state: of two activations that race, one loses and is thrown away by the runtime.
/// </summary>
internal sealed class StudentGrain(
    [PersistentState("student", GrainStorageNames.State)] IPersistentState<StudentState> state,
    IDefinitionLog log,
    TimeProvider time,
    ILogger<StudentGrain> logger) : DefinitionGrain(DefinitionKind.Student, log, logger), IStudentGrain
{
    private readonly JobBoard _jobs = new(time);

    /// <summary>When the holder spoke last. After an activation the holder gets a full lease, so monotonic time in memory is enough.</summary>
    private long _heardAt = time.GetTimestamp();

    private TrainerReport? _report;

    protected override DefinitionDocument? Stored => state.State.Definition;

    private IClusterGrain Cluster => GrainFactory.GetGrain<IClusterGrain>(IClusterGrain.Key);

    private ISnapshotsGrain Snapshots => GrainFactory.GetGrain<ISnapshotsGrain>(Name);

    private bool HolderIsSilent => time.GetElapsedTime(_heardAt) >= Lease.Duration;

    public async Task<DefinitionDocument> Create(string specJson)
    {
        var spec = JsonSerializer.Deserialize<StudentSpec>(specJson, RefluxJson.Options)!;
        CheckCreation(spec.Name, SpecRules.Problem(spec));
        var entry = await Cluster.RegisterMember(DefinitionKind.Student, Name, spec.Lane);
        return await Store(new Definition
        {
            Kind = DefinitionKind.Student,
            Id = entry.Id,
            Name = Name,
            Revision = NextRevision,
            Student = new StudentDefinition(spec, entry.LaneId, Paused: false, HashOf(spec)),
        });
    }

    public Task<StudentView?> View()
    {
        if (Live is not { } definition)
        {
            return Task.FromResult<StudentView?>(null);
        }

        var (status, message) = Status(definition);
        return Task.FromResult<StudentView?>(new StudentView
        {
            Definition = Stored!,
            State = status,
            Message = message,
            Epoch = state.State.Epoch,
            Owner = state.State.Owner,
            ProgressJson = _report?.ProgressJson,
        });
    }

    public Task<DefinitionDocument> Pause() => SetPaused();

    public async Task<DefinitionDocument> Resume(bool acceptGap)
    {
        var definition = Existing();
        if (acceptGap)
        {
            var gap = definition.Student!.Gap ?? throw new GrainFault(
                ErrorCodes.NoGap, $"student '{Name}' is not paused before a gap in its log", "Look at its state and message; resume it without accepting a gap.");
            return await Change(definition, student => student with { Paused = false, PauseReason = null, Gap = null, AcceptedGap = gap });
        }

        // the new revision tells the holder of a failed trainer to try again
        return definition.Student!.Paused || _report?.State == "failed"
            ? await Change(definition, student => student with { Paused = false, PauseReason = null, Gap = null })
            : Stored!;
    }

    public async Task Delete()
    {
        var definition = Existing();
        await Cluster.Unregister(DefinitionKind.Student, Name);
        await state.ReplaceAsync(this, state.State with { Epoch = state.State.Epoch + 1, Owner = null });
        await Snapshots.Fence(definition.Id, state.State.Epoch);
        await Store(definition with { Deleted = true, Revision = NextRevision });
        _report = null;
        _jobs.FailAll(NotFound().ToRefluxException());
    }

    public async Task<StudentClaim> Claim(string silo)
    {
        var definition = Existing();
        if (state.State.Owner is { } holder && holder != silo && !HolderIsSilent)
        {
            return Answer(granted: false);
        }

        await state.ReplaceAsync(this, state.State with { Epoch = state.State.Epoch + 1, Owner = silo });
        _heardAt = time.GetTimestamp();
        _report = null;

        // only now may the silo begin: from here on nothing with a lower epoch can be published
        await Snapshots.Fence(definition.Id, state.State.Epoch);
        return Answer(granted: true);
    }

    public async Task Release(long epoch)
    {
        if (epoch == state.State.Epoch && state.State.Owner is not null)
        {
            await state.ReplaceAsync(this, state.State with { Owner = null });
            _report = null;
        }
    }

    public async Task<StudentDirective> Report(long epoch, TrainerReport report)
    {
        if (Live is not { } definition || epoch != state.State.Epoch || state.State.Owner is null)
        {
            return new StudentDirective { Superseded = true, Paused = false, Jobs = [] };
        }

        _heardAt = time.GetTimestamp();
        _report = report;
        // one that was on its way while the student was resumed tells of a trainer that is tried again
        if (report.Pauses && report.Revision == definition.Revision)
        {
            definition = (await SetPaused(report.Message, Position.TryParse(report.Gap, out var gap) ? gap : null)).Read();
        }

        return new StudentDirective
        {
            Superseded = false,
            Paused = definition.Student!.Paused,
            Revision = definition.Revision,
            AcceptedGap = definition.Student.AcceptedGap?.ToString(),
            Jobs = _jobs.Pending,
        };
    }

    public Task<Guid> Submit(string kind, string argumentsJson)
    {
        Existing();
        if (state.State.Owner is null || HolderIsSilent)
        {
            throw new GrainFault(
                ErrorCodes.StudentNotRunning,
                $"no silo trains student '{Name}' at the moment",
                "Start a silo with the student role, or wait until one has taken the student over.");
        }

        return Task.FromResult(_jobs.Add(kind, argumentsJson));
    }

    public Task Complete(long epoch, Guid job, JobOutcome outcome)
    {
        if (epoch != state.State.Epoch)
        {
            throw new GrainFault(
                ErrorCodes.StaleEpoch, $"student '{Name}' is at epoch {state.State.Epoch}, the answer comes from {epoch}", "Stop that trainer: another one has taken over.");
        }

        _jobs.Complete(job, outcome);
        return Task.CompletedTask;
    }

    public async Task<JobOutcome> Job(Guid job, TimeSpan wait)
    {
        var outcome = _jobs.Outcome(job) ?? throw new GrainFault(
            ErrorCodes.JobNotFound, $"student '{Name}' has no job {job:N}", "Ask again: jobs are forgotten a minute after their end, or when their silo restarts.");
        try
        {
            return await outcome.WaitAsync(wait, time);
        }
        catch (TimeoutException)
        {
            return JobOutcome.Running;
        }
    }

    protected override Task Write(DefinitionDocument document) => state.ReplaceAsync(this, state.State with { Definition = document });

    private async Task<DefinitionDocument> SetPaused(string? reason = null, Position? gap = null)
    {
        var definition = Existing();
        return definition.Student!.Paused ? Stored! : await Change(definition, student => student with { Paused = true, PauseReason = reason, Gap = gap });
    }

    private Task<DefinitionDocument> Change(Definition definition, Func<StudentDefinition, StudentDefinition> change) =>
        Store(definition with { Revision = NextRevision, Student = change(definition.Student!) });

    private (string State, string Message) Status(Definition definition) => _report switch
    {
        { State: "failed" } failed => (failed.State, failed.Message),
        _ when definition.Student!.Paused => ("paused", definition.Student.PauseReason ?? "paused by its owner: it holds back neither producers nor the log, so without an archive it may miss labels"),
        null => ("starting", state.State.Owner is null ? "no silo trains it yet" : $"waiting for silo '{state.State.Owner}'"),
        _ when HolderIsSilent => ("starting", $"silo '{state.State.Owner}' has been silent for {Lease.Duration.TotalSeconds:0} s"),
        var report => (report.State, report.Message),
    };

    private StudentClaim Answer(bool granted) =>
        new() { Granted = granted, Epoch = state.State.Epoch, Owner = state.State.Owner!, Definition = Stored! };

    private static string HashOf(StudentSpec spec) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec, RefluxJson.Options)));
}
