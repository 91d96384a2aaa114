using System.Threading.Channels;
using Reflux.Contracts.Definitions;
using Reflux.Grains.Definitions;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;

namespace Reflux.Silo.Tests.Support;

/// <summary>A student's grain as the silo that trains it knows it: grants claims, answers reports with what the test wants done, and keeps what it was told.</summary>
internal sealed class PlayedStudent
{
    private readonly Channel<string> _claims = Channel.CreateUnbounded<string>();
    private readonly Channel<(long Epoch, TrainerReport Report)> _reports = Channel.CreateUnbounded<(long, TrainerReport)>();
    private readonly Channel<long> _releases = Channel.CreateUnbounded<long>();
    private readonly Channel<(long Epoch, Guid Job, JobOutcome Outcome)> _outcomes = Channel.CreateUnbounded<(long, Guid, JobOutcome)>();
    private long _epoch;
    private int _commits;

    public PlayedStudent()
    {
        Grain = GrainProxy.Of<IStudentGrain>((call, arguments) => call.Name switch
        {
            nameof(IStudentGrain.Claim) => Claim((string)arguments[0]!),
            nameof(IStudentGrain.Report) => Report((long)arguments[0]!, (TrainerReport)arguments[1]!),
            nameof(IStudentGrain.Release) => Release((long)arguments[0]!),
            nameof(IStudentGrain.Complete) => Complete((long)arguments[0]!, (Guid)arguments[1]!, (JobOutcome)arguments[2]!),
            _ => throw new NotSupportedException($"{call.Name} is not played"),
        });
        Snapshots = GrainProxy.Of<ISnapshotsGrain>((call, _) => call.Name switch
        {
            nameof(ISnapshotsGrain.Latest) => (object)Task.FromResult<SnapshotEntry?>(null),
            nameof(ISnapshotsGrain.Commit) => Commit(),
            _ => throw new NotSupportedException($"{call.Name} is not played"),
        });
    }

    public IStudentGrain Grain { get; }

    public ISnapshotsGrain Snapshots { get; }

    /// <summary>What the holder's reports are answered with.</summary>
    public StudentDirective Directive { get; set; } = Of();

    /// <summary>Thrown at whoever claims or reports; null where the grain answers.</summary>
    public Exception? Away { get; set; }

    /// <summary>Holds back the grain's word that it has a job's outcome.</summary>
    public Task TakesOutcomes { get; set; } = Task.CompletedTask;

    /// <summary>What a commit of a snapshot ends in.</summary>
    public Exception CommitEndsIn { get; set; } = new NotSupportedException("nothing is published in this test");

    /// <summary>Snapshots that somebody tried to publish.</summary>
    public int Commits => Volatile.Read(ref _commits);

    public static StudentDirective Of(bool superseded = false, bool paused = false, StudentJob? job = null, long revision = 1, string? acceptedGap = null) =>
        new() { Superseded = superseded, Paused = paused, Jobs = job is null ? [] : [job], Revision = revision, AcceptedGap = acceptedGap };

    public static StudentJob Job(string kind, string arguments = "{}") => new() { Id = Guid.NewGuid(), Kind = kind, ArgumentsJson = arguments };

    /// <summary>Another silo takes the student over: whoever held it finds out with its next report.</summary>
    public void TakeOver() => Interlocked.Increment(ref _epoch);

    /// <summary>The next silo that claims.</summary>
    public Task<string> ClaimAsync(CancellationToken limit) => _claims.Reader.ReadAsync(limit).AsTask();

    /// <summary>The epoch of the next release.</summary>
    public Task<long> ReleaseAsync(CancellationToken limit) => _releases.Reader.ReadAsync(limit).AsTask();

    /// <summary>True where a claim has come that nobody asked for yet.</summary>
    public bool Claimed => _claims.Reader.Count > 0;

    /// <summary>True where a release has come that nobody asked for yet.</summary>
    public bool Released => _releases.Reader.Count > 0;

    /// <summary>The next outcome of a job.</summary>
    public async Task<(long Epoch, Guid Job, JobOutcome Outcome)> OutcomeAsync(CancellationToken limit) => await _outcomes.Reader.ReadAsync(limit);

    /// <summary>True where an outcome has come that nobody asked for yet.</summary>
    public bool HasOutcome => _outcomes.Reader.Count > 0;

    /// <summary>Reads on in the reports up to one that says so.</summary>
    public async Task<(long Epoch, TrainerReport Report)> ReportAsync(Func<TrainerReport, bool> says, CancellationToken limit)
    {
        while (true)
        {
            var report = await _reports.Reader.ReadAsync(limit);
            if (says(report.Report))
            {
                return report;
            }
        }
    }

    private Task<StudentClaim> Claim(string silo)
    {
        _claims.Writer.TryWrite(silo);
        return Away is { } away ? Task.FromException<StudentClaim>(away) : Task.FromResult(new StudentClaim
        {
            Granted = true,
            Epoch = Interlocked.Increment(ref _epoch),
            Owner = silo,
            Definition = DefinitionDocument.From(new Definition { Kind = DefinitionKind.Student, Id = Guid.Empty, Name = "played", Revision = 1 }),
        });
    }

    private Task<StudentDirective> Report(long epoch, TrainerReport report)
    {
        _reports.Writer.TryWrite((epoch, report));
        return Away is { } away ? Task.FromException<StudentDirective>(away) : Task.FromResult(epoch == Interlocked.Read(ref _epoch) ? Directive : Of(superseded: true));
    }

    private Task Release(long epoch)
    {
        _releases.Writer.TryWrite(epoch);
        return Task.CompletedTask;
    }

    private Task Complete(long epoch, Guid job, JobOutcome outcome)
    {
        _outcomes.Writer.TryWrite((epoch, job, outcome));
        return TakesOutcomes;
    }

    private Task<SnapshotEntry> Commit()
    {
        Interlocked.Increment(ref _commits);
        return Task.FromException<SnapshotEntry>(CommitEndsIn);
    }
}
