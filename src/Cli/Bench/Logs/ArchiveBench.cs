using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Archive;

namespace Reflux.Cli.Bench.Logs;

/// <summary>Archives records with the product's archiver and reads them back in order, each with its checksum, as a replay does.</summary>
internal sealed class ArchiveBench(LogBenchSize size, string directory, TextWriter progress)
{
    private static readonly LogId Log = new(new Guid("7b1c0d3e-5a4f-4c59-9d0e-2f6a8b3c4d5e"), 0);
    private readonly ArchiveStore _store = new(directory);

    private int Records => (int)Math.Max(1, size.ArchiveBytes / size.RecordBytes);

    public async Task<ArchiveFigures> RunAsync(CancellationToken cancellation)
    {
        await WriteAsync(cancellation);
        var speeds = new List<double>();
        for (var run = 0; run <= size.Runs; run++)
        {
            speeds.Add(await ReadAsync(cancellation));
            progress.WriteLine(FormattableString.Invariant($"archive, {(run == 0 ? "warm-up" : $"run {run}")}: {speeds[^1]:0} MB/s"));
        }

        double[] warm = [.. speeds.Skip(1)];
        return new ArchiveFigures(RunStatistics.Median(warm), RunStatistics.Spread(warm));
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        var value = new byte[size.RecordBytes];
        new Random(1).NextBytes(value);
        var source = new InMemoryLabelLog(Log, [.. Enumerable.Repeat(value, Records)]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var archiving = new LaneArchiver(
            new LaneArchiverContext
            {
                Lane = new ArchivedLane(Guid.Empty, "bench"),
                Partition = Log.Partition,
                CurrentLog = (_, _) => Task.FromResult(Log),
                Labels = source,
                Publish = (_, _) => Task.CompletedTask,
                Store = _store,
                Options = new ArchiveOptions(),
                Time = TimeProvider.System,
            },
            NullLogger<LaneArchiver>.Instance).RunAsync(stop.Token);
        await source.Drained.WaitAsync(cancellation);
        await stop.CancelAsync();
        await archiving;
    }

    /// <summary>10⁶ bytes of records a second.</summary>
    private async Task<double> ReadAsync(CancellationToken cancellation)
    {
        var logs = new ArchivedLabelLogFactory(broker: null, (_, _) => Task.FromResult(Log), _store, archiveFirst: true);
        var started = Stopwatch.GetTimestamp();
        await using var log = await logs.OpenAsync(Log.Partition, new Position(Log, 0), cancellation);
        var bytes = 0L;
        for (var record = 0; record < Records; record++)
        {
            bytes += (await log.ReadAsync(cancellation)).Value.Length;
        }

        return bytes == (long)Records * size.RecordBytes
            ? bytes / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6
            : throw new RefluxException(ErrorCodes.Internal, "the archive gave other bytes back than it was given", "Report this.");
    }
}
