using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Streaming;

namespace Reflux.Silo.Students;

/// <summary>A lane's label partition, assigned at a position.</summary>
internal sealed class KafkaLabelLog(LogConnection connection, LogReader reader, int partition) : ILabelLog
{
    public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
    {
        var record = await reader.ReadAsync(cancellationToken);
        if (LabelRecordCodec.LogTopicOf(record.Value) is { } topic && topic != record.Position.Log.Topic)
        {
            await reader.RequireSameLogAsync(record.Position, cancellationToken);
        }

        return new LabelLogRecord(record.Position, record.Value);
    }

    public async ValueTask<long> EndAsync(CancellationToken cancellationToken) => (await connection.BoundsAsync(Topics.Labels, partition, cancellationToken)).End;

    public ValueTask DisposeAsync() => reader.DisposeAsync();
}

/// <summary>Opens label partitions.</summary>
internal sealed class KafkaLabelLogFactory(LogConnection connection) : ILabelLogFactory
{
    public async Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken) =>
        new KafkaLabelLog(connection, await LogReader.OpenAsync(connection, Topics.Labels, partition, from, cancellationToken), partition);

    /// <summary>Without an archive nobody has recorded where the former log ended, so what was not read of it may be missing.</summary>
    /// <inheritdoc />
    public async Task<LogPassage?> FindNextAsync(int partition, Position at, CancellationToken cancellationToken)
    {
        var current = await CurrentLogAsync(partition, cancellationToken);
        var (low, _) = await connection.BoundsAsync(Topics.Labels, partition, cancellationToken);
        return at.Log.Partition == partition && (at.Log != current || at.Offset < low) ? new LogPassage(at, new Position(current, low), Gap: true) : null;
    }

    /// <summary>Which log a label partition is now.</summary>
    public Task<LogId> CurrentLogAsync(int partition, CancellationToken cancellationToken) => connection.LogIdAsync(Topics.Labels, partition, cancellationToken);
}
