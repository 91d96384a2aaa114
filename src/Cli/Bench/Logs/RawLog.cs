using System.Diagnostics;
using Confluent.Kafka;
using Reflux.Streaming;

namespace Reflux.Cli.Bench.Logs;

/// <summary>The peer: the same broker, partition size and client settings by Confluent.Kafka alone, as one writes it for speed: one thread produces, one consumes, counts are all that is kept.</summary>
/// <param name="connection">Names broker and settings.</param>
/// <param name="window">Records that may be unread, and of those unacknowledged, at a time: what the writer is held to as well.</param>
internal sealed class RawLog(LogConnection connection, ThroughputWindow window)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    /// <summary>Sends and reads so many records.</summary>
    /// <returns>Seconds from the first produce to the last record read.</returns>
    public async Task<double> RunAsync(int partition, byte[] value, int warmUp, int records, CancellationToken cancellation)
    {
        var (_, end) = await connection.BoundsAsync(Topics.Labels, partition, cancellation);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig(new ClientConfig(new Dictionary<string, string>(connection.WriterSettings)))).SetLogHandler(Quiet).Build();
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig(new ClientConfig(new Dictionary<string, string>(connection.ReaderSettings)))).SetLogHandler(Quiet).Build();
        var target = new TopicPartition(Topics.Labels, partition);
        consumer.Assign(new TopicPartitionOffset(target, end));
        using var unread = new SemaphoreSlim(window.Unread);
        using var unacknowledged = new SemaphoreSlim(window.Unacknowledged);
        await PassAsync(warmUp);
        var started = Stopwatch.GetTimestamp();
        await PassAsync(records);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;

        Task PassAsync(int count) => Task.WhenAll(Task.Run(() => Produce(count), cancellation), Task.Run(() => Consume(count), cancellation));

        static void Quiet(IClient client, LogMessage message)
        {
            // what matters is thrown
        }

        void Produce(int count)
        {
            var message = new Message<Null, byte[]> { Value = value };
            var failed = (Error?)null;
            for (; count > 0; count--)
            {
                unread.Wait(cancellation);
                unacknowledged.Wait(cancellation);
                producer.Produce(target, message, report =>
                {
                    failed = report.Error.IsError ? report.Error : failed;
                    unacknowledged.Release();
                });
                if (failed is not null)
                {
                    throw new KafkaException(failed);
                }
            }
        }

        void Consume(int count)
        {
            for (; count > 0; count--)
            {
                var read = consumer.Consume(Poll) ?? throw new TimeoutException($"no record came within {Poll.TotalSeconds:0} s");
                if (read.Message.Value.Length != value.Length)
                {
                    throw new InvalidDataException("another record than was sent came back");
                }

                unread.Release();
            }
        }
    }
}
