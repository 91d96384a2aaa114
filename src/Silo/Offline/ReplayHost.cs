using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Archive;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Replay;

namespace Reflux.Silo.Offline;

/// <summary>What <c>reflux student replay</c> and <c>verify</c> run: a process of their own beside the silo, or without it.</summary>
public static class ReplayHost
{
    /// <summary>Rebuilds a student and compares it with a recorded state.</summary>
    /// <param name="args">The flags of a silo; Silo:Data, Store:Directory and the section Kafka count.</param>
    /// <param name="student">Name or id.</param>
    /// <param name="toStep">The step; null for the newest recorded state.</param>
    /// <param name="snapshot">The manifest of a snapshot whose state is compared instead; null for a recorded one.</param>
    /// <param name="threads">Compute threads; null for those of the training, as bits depend on them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException"><c>student-not-found</c>, <c>option-out-of-range</c>, or the base model can't be loaded.</exception>
    public static async Task<ReplayReport> RunAsync(string[] args, string student, long? toStep, SnapshotManifest? snapshot, int? threads, CancellationToken cancellationToken)
    {
        var settings = OfflineSettings.Read(args);
        var checkpoints = new CheckpointStore(settings.Checkpoints, NullLogger<CheckpointStore>.Instance);
        var file = await checkpoints.FindAsync(student, cancellationToken);
        var lineage = await LineageAsync(checkpoints, file, cancellationToken);
        var trained = snapshot?.Environment ?? StudentReplay.Choose(lineage, toStep)?.Environment;
        var compute = new ComputeOptions { Device = trained?.Device ?? "cpu", Threads = threads ?? trained?.Threads ?? Environment.ProcessorCount };
        compute.Validate();
        await using var broker = new BrokerWhenNeeded(settings, NullLoggerFactory.Instance);
        var labels = new ArchivedLabelLogFactory(broker, UnknownStart, settings.Archive, archiveFirst: true);
        using var thread = new ComputeThread(compute);
        var replay = new StudentReplay(file, lineage, labels, thread, checkpoints);
        return await (snapshot is null ? replay.RunAsync(toStep, cancellationToken) : replay.RunAsync(snapshot, cancellationToken));
    }

    private static async Task<IReadOnlyList<LineageEntry>> LineageAsync(CheckpointStore checkpoints, StudentFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await checkpoints.LineageAsync(file.Student.Id, cancellationToken);
        }
        catch (InvalidDataException damage)
        {
            throw new RefluxException(ErrorCodes.CheckpointDamaged, $"the lineage of '{file.Student.Name}' is damaged: {damage.Message}", "Restore lineage.jsonl from a copy.", damage);
        }
    }

    // a replay begins at the record that the training began with
    private static Task<LogId> UnknownStart(int partition, CancellationToken cancellationToken) => throw new InvalidOperationException("a replay always knows its log");
}
