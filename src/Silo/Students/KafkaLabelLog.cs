using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;
using Reflux.Streaming;

namespace Reflux.Silo.Students;

/// <summary>A lane's label partition, assigned at a position.</summary>
internal sealed class KafkaLabelLog(LogConnection connection, LogReader reader, int partition) : ILabelLog
{
    public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
    {
        var record = await reader.ReadAsync(cancellationToken);
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

    /// <summary>Which log a label partition is now.</summary>
    public Task<LogId> CurrentLogAsync(int partition, CancellationToken cancellationToken) => connection.LogIdAsync(Topics.Labels, partition, cancellationToken);
}
