using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Archive;
using Reflux.Distillation.Training;
using Reflux.Silo.Definitions;
using Reflux.Silo.Students;
using Reflux.Streaming;

namespace Reflux.Silo.Archiving;

/// <summary>Keeps one archiver for every lane that the definitions log knows. Of several silos the one that has the lock of a lane's archive works; the others try again.</summary>
internal sealed class ArchiverHost(
    IDefinitionCatalog catalog, LogConnection connection, KafkaLabelLogFactory labels, ArchiveStore store, ArchiveOptions options, TimeProvider time, ILoggerFactory loggers)
    : BackgroundService
{
    private readonly GroupCommitter _committer = new(connection);
    private readonly Dictionary<Guid, (CancellationTokenSource Stop, Task Run)> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var retention = new ArchiveRetention(store, options, time, loggers.CreateLogger<ArchiveRetention>()).RunAsync(leaving.Token);
        try
        {
            await foreach (var definitions in catalog.WatchAsync(stoppingToken))
            {
                await ReconcileAsync([.. definitions.Where(definition => definition.Kind == DefinitionKind.Lane)], stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host is stopping
        }
        finally
        {
            await leaving.CancelAsync();
            await Task.WhenAll(_running.Keys.ToList().Select(StopAsync).Append(retention));
        }
    }

    private async Task ReconcileAsync(IReadOnlyCollection<Definition> lanes, CancellationToken stoppingToken)
    {
        foreach (var gone in _running.Keys.Except(lanes.Select(lane => lane.Id)).ToList())
        {
            await StopAsync(gone);
        }

        foreach (var lane in lanes.Where(lane => !_running.ContainsKey(lane.Id)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _running[lane.Id] = (stop, Create(lane).RunAsync(stop.Token));
        }
    }

    private LaneArchiver Create(Definition lane) => new(
        new LaneArchiverContext
        {
            Lane = new ArchivedLane(lane.Id, lane.Name),
            Partition = lane.Lane!.LabelPartition,
            CurrentLog = labels.CurrentLogAsync,
            Labels = labels,
            Publish = (position, cancellation) => _committer.CommitAsync(ConsumerGroups.Archive, position, cancellation),
            Store = store,
            Options = options,
            // the embedded broker holds 5 MiB a partition, and writers keep within 48 records of what is archived
            MostUnsealedRecords = connection.IsEmbedded ? (int)CheckpointInterval.Default.Records : int.MaxValue,
            MostUnsealedBytes = connection.IsEmbedded ? CheckpointInterval.Default.Bytes : long.MaxValue,
            Time = time,
        },
        loggers.CreateLogger<LaneArchiver>());

    private async Task StopAsync(Guid lane)
    {
        _running.Remove(lane, out var running);
        await running.Stop.CancelAsync();
        await running.Run;
        running.Stop.Dispose();
    }
}
