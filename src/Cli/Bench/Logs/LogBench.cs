using System.Globalization;
using Reflux.Cli.Chaos;
using Reflux.Distillation.Compute;
using Reflux.Streaming;

namespace Reflux.Cli.Bench.Logs;

/// <summary>Measures what the log and the promises around it cost: writer and reader, checkpoints, the trainer's loop, recovery, the archive.</summary>
/// <param name="size">How much.</param>
/// <param name="threads">Compute threads.</param>
/// <param name="kafka">The broker of the throughput.</param>
/// <param name="durable">Whether that is a durable broker of its own, which excludes bootstrap servers.</param>
/// <param name="directory">Scratch; removed afterwards.</param>
/// <param name="progress">One line a run.</param>
internal sealed class LogBench(LogBenchSize size, int threads, KafkaOptions kafka, bool durable, string directory, TextWriter progress)
{
    public async Task<LogReport> RunAsync(IReadOnlyCollection<LogPart> parts, CancellationToken cancellation)
    {
        var before = Load();
        var broker = durable ? ChaosSummary.DurableBroker : kafka.UsesEmbeddedBroker ? ChaosSummary.EmbeddedBroker : kafka.BootstrapServers!;
        Directory.CreateDirectory(directory);
        try
        {
            var throughput = parts.Contains(LogPart.Throughput) ? await new ThroughputBench(size, kafka, durable, Scratch("throughput"), progress).RunAsync(cancellation) : null;
            var training = parts.Contains(LogPart.Training) ? await TrainingAsync(cancellation) : default;
            var recovery = parts.Contains(LogPart.Recovery) ? await new RecoveryBench(size, threads, Scratch("recovery"), progress).RunAsync(cancellation) : null;
            var archive = parts.Contains(LogPart.Archive) ? await new ArchiveBench(size, Scratch("archive"), progress).RunAsync(cancellation) : null;
            return new LogReport(
                throughput,
                training.Checkpoint,
                recovery,
                training.Plumbing,
                archive,
                new LogBenchSetting(size.Runs, threads, broker, size.RecordBytes, size.Steps, before, Load()));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<(CheckpointFigures? Checkpoint, PlumbingFigures? Plumbing)> TrainingAsync(CancellationToken cancellation)
    {
        using var compute = new ComputeThread(new ComputeOptions { Threads = threads });
        return await new TrainingBench(size, compute, Scratch("training"), progress).RunAsync(cancellation);
    }

    private string Scratch(string part) => Path.Combine(directory, part);

    /// <summary>Of the last minute, as the kernel counts it.</summary>
    private static double? Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;
}
