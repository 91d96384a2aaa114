using Confluent.Kafka;

namespace Reflux.Streaming.Internal;

/// <summary>
/// A producer that outlives its end. librdkafka ends a producer for good when the numbers by which the broker knows its records no longer fit, as after a
/// broker that lost its state: another then takes its place. Records that the old one could not tell the fate of fail, and may stand on the log, also
/// behind what the new one sends.
/// </summary>
internal sealed class LastingProducer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Func<IProducer<byte[]?, byte[]>> _build;
    private readonly Lock _lock = new();
    private IProducer<byte[]?, byte[]> _producer;
    private Task _closing = Task.CompletedTask;

    public LastingProducer(Func<IProducer<byte[]?, byte[]>> build) => (_build, _producer) = (build, build());

    /// <summary>True for what an ended producer says of new records and of those that it had still under way. What the next one would meet too is not among it.</summary>
    public static bool IsEnd(Error error) => error.Code is
        ErrorCode.Local_Fatal or ErrorCode.Local_Inconsistent or ErrorCode.Local_Fenced or ErrorCode.Local_PurgeQueue
        or ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidProducerEpoch or ErrorCode.InvalidProducerIdMapping;

    /// <summary>Hands a record over; the report tells what became of it.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">It was not taken, and no report comes.</exception>
    /// <exception cref="Contracts.Errors.RefluxException">Nor could another producer be made.</exception>
    public void Produce(TopicPartition partition, Message<byte[]?, byte[]> message, Action<DeliveryReport<byte[]?, byte[]>> report)
    {
        // also keeps a producer that has ended from being closed under a call
        lock (_lock)
        {
            try
            {
                _producer.Produce(partition, message, report);
                return;
            }
            catch (ProduceException<byte[]?, byte[]> ended) when (IsEnd(ended.Error))
            {
                var next = _build();
                _closing = Task.WhenAll(_closing, CloseAsync(_producer));
                _producer = next;
            }

            _producer.Produce(partition, message, report);
        }
    }

    /// <summary>Waits for what was sent, up to ten seconds, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        var flushing = Task.Run(() => _producer.Flush(Patience));
        await _closing.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await flushing;
        _producer.Dispose();
    }

    // Whoever sent a record waits for its report. One that was taken just when the producer ended has to wait for message.timeout.ms.
    private static Task CloseAsync(IProducer<byte[]?, byte[]> producer) => Task.Run(() =>
    {
        while (producer.Flush(Patience) > 0)
        {
        }

        producer.Dispose();
    });
}
