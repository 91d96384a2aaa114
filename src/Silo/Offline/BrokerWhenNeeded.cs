using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;
using Reflux.Silo.Students;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;

namespace Reflux.Silo.Offline;

/// <summary>The label logs of a silo's broker, to which nobody connects until one is asked for.</summary>
internal sealed class BrokerWhenNeeded(OfflineSettings settings, ILoggerFactory loggers) : ILabelLogFactory, IAsyncDisposable
{
    private LogConnection? _connection;

    public async Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken)
    {
        _connection ??= await ConnectAsync(cancellationToken);
        return await new KafkaLabelLogFactory(_connection).OpenAsync(partition, from, cancellationToken);
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<LogConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        string? embedded = null;
        if (settings.Kafka.UsesEmbeddedBroker)
        {
            embedded = EmbeddedBroker.FindAddress(settings.Silo.DataDirectory) ?? throw new RefluxException(
                ErrorCodes.BrokerUnavailable,
                "the records wanted are not archived, and no embedded broker runs for this data directory any more",
                "What only its memory held is lost.");
        }

        return await LogConnection.OpenAsync(settings.Kafka, embedded, TimeProvider.System, loggers, cancellationToken);
    }
}
