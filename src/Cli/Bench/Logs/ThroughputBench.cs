using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Cli.Chaos;
using Reflux.Contracts.Errors;
using Reflux.Streaming;

namespace Reflux.Cli.Bench.Logs;

/// <summary>Records through <see cref="LogWriter"/> and <see cref="LogReader"/> in turns with the raw client, each run with clients of its own.</summary>
/// <param name="size">How much.</param>
/// <param name="kafka">The broker; without bootstrap servers one in a process of its own.</param>
/// <param name="durable">Whether that is the durable one and not the embedded one; excludes bootstrap servers.</param>
/// <param name="directory">For that.</param>
/// <param name="progress">One line a run.</param>
internal sealed class ThroughputBench(LogBenchSize size, KafkaOptions kafka, bool durable, string directory, TextWriter progress)
{
    private const int WarmUp = 200;

    /// <summary>Runs of both sides that don't count: by then the code is compiled for good.</summary>
    private const int Uncounted = 3;

    private const int OurPartition = 0;
    private const int RawPartition = 1;

    public async Task<ThroughputFigures> RunAsync(CancellationToken cancellation)
    {
        await using var kept = durable ? await DurableBroker.StartAsync(DurableBroker.Fetched, directory, cancellation) : null;
        if (kept is not null)
        {
            kafka.BootstrapServers = kept.Address;
            foreach (var (key, setting) in DurableBroker.ClientSettings)
            {
                kafka.Settings[key] = setting;
            }
        }

        if (kafka.UsesEmbeddedBroker)
        {
            // the only producer of these partitions: the whole share is its own
            kafka.Embedded.MaxProducers = 1;
            // an empty fetch makes this broker sleep for as long, which would be all that is measured
            kafka.Settings.TryAdd("fetch.wait.max.ms", "1");
        }

        await using var broker = kafka.UsesEmbeddedBroker ? await BenchProcess.StartAsync(directory, cancellation) : null;
        await using var connection = await LogConnection.OpenAsync(kafka, broker?.Address, TimeProvider.System, NullLoggerFactory.Instance, cancellation);
        await RefuseUsedAsync(connection, cancellation);
        var value = new byte[size.RecordBytes];
        new Random(1).NextBytes(value);
        var raw = new RawLog(connection, ThroughputWindow.Standard);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var run = 1 - Uncounted; run <= size.Runs; run++)
        {
            ours.Add(await OursAsync(connection, value, cancellation));
            theirs.Add(await raw.RunAsync(RawPartition, value, WarmUp, size.Records, cancellation));
            progress.WriteLine(FormattableString.Invariant($"log, {(run > 0 ? $"run {run}" : "warm-up")}: {Megabytes(ours[^1]):0} MB/s, the raw client {Megabytes(theirs[^1]):0}"));
        }

        ours.RemoveRange(0, Uncounted);
        theirs.RemoveRange(0, Uncounted);
        double[] ratios = [.. ours.Zip(theirs, (mine, other) => other / mine)];
        var median = RunStatistics.Median(ours);
        return new ThroughputFigures(
            size.Records / median,
            Megabytes(median),
            Megabytes(RunStatistics.Median(theirs)),
            RunStatistics.Median(ratios),
            RunStatistics.Spread(ours),
            RunStatistics.Spread(theirs),
            RunStatistics.Spread(ratios));
    }

    /// <summary>Seconds from the first append to the last record read.</summary>
    private async Task<double> OursAsync(LogConnection connection, byte[] value, CancellationToken cancellation)
    {
        var log = await connection.LogIdAsync(Topics.Labels, OurPartition, cancellation);
        var (_, end) = await connection.BoundsAsync(Topics.Labels, OurPartition, cancellation);
        var read = new ReadProgress(end);
        await using var writer = new LogWriter(connection, read);
        await using var reader = await LogReader.OpenAsync(connection, Topics.Labels, OurPartition, new(log, end), cancellation);
        using var unread = new SemaphoreSlim(ThroughputWindow.Standard.Unread);
        await PassAsync(WarmUp);
        var started = Stopwatch.GetTimestamp();
        await PassAsync(size.Records);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;

        Task PassAsync(int count) => Task.WhenAll(Task.Run(() => AppendAsync(count), cancellation), Task.Run(() => ReadAsync(count), cancellation));

        async Task AppendAsync(int count)
        {
            var waiting = new Queue<Task>();
            for (; count > 0; count--)
            {
                await unread.WaitAsync(cancellation);
                waiting.Enqueue(writer.AppendAsync(Topics.Labels, OurPartition, value, cancellation));
                if (waiting.Count >= ThroughputWindow.Standard.Unacknowledged)
                {
                    await waiting.Dequeue();
                }
            }

            await Task.WhenAll(waiting);
        }

        async Task ReadAsync(int count)
        {
            for (; count > 0; count--)
            {
                var record = await reader.ReadAsync(cancellation);
                if (record.Value.Length != value.Length)
                {
                    throw new InvalidDataException("another record than was sent came back");
                }

                read.Advance(record.Position.Offset + 1);
                unread.Release();
            }
        }
    }

    /// <summary>What is sent here is noise, which no lane's log should hold.</summary>
    private static async Task RefuseUsedAsync(LogConnection connection, CancellationToken cancellation)
    {
        var (low, end) = await connection.BoundsAsync(Topics.Definitions, 0, cancellation);
        if (low > 0 || await HoldsDefinitionsAsync())
        {
            throw new RefluxException(
                ErrorCodes.InvalidRequest,
                $"{connection.Address} holds the log of a Reflux installation, and the benchmark fills label partitions {OurPartition} and {RawPartition} with noise.",
                "Name a broker that no silo uses, or none.");
        }

        // on a broker without topic ids the connection has begun the topic with a mark
        async Task<bool> HoldsDefinitionsAsync()
        {
            await using var reader = await LogReader.OpenAsync(connection, Topics.Definitions, 0, from: null, cancellation);
            for (var offset = low; offset < end; offset++)
            {
                if (!(await reader.ReadAsync(cancellation)).IsMark)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private double Megabytes(double seconds) => (double)size.Records * size.RecordBytes / seconds / 1e6;
}
