using Reflux.Cli.Output;

namespace Reflux.Cli.Bench.Logs;

/// <summary>What `reflux bench log` measured; a part that was not measured is absent. Speeds are medians, spreads (largest − smallest) / median.</summary>
internal sealed record LogReport(
    ThroughputFigures? Throughput, CheckpointFigures? Checkpoint, RecoveryFigures? Recovery, PlumbingFigures? Plumbing, ArchiveFigures? Archive, LogBenchSetting Setting)
{
    private const double LeastRatio = 0.9;
    private const double MostOverhead = 0.05;
    private const double MostRecoverySeconds = 5;
    private const double LeastArchiveMegabytes = 200;

    /// <summary>The bars that the figures miss.</summary>
    public IReadOnlyList<string> Missed =>
    [
        .. Verdict.Miss(Throughput?.Ratio < LeastRatio, $"throughput is {Throughput?.Ratio:0.00} of the raw client's, {LeastRatio:0.0} is asked for"),
        .. Verdict.Miss(Checkpoint?.OverheadShare > MostOverhead, $"checkpoints take {Checkpoint?.OverheadShare:p1} of the steps' time, at most {MostOverhead:p0} may be"),
        .. Verdict.Miss(Checkpoint?.Checkpoints < 1, $"a run was over before its first checkpoint: what they cost was not measured"),
        .. Verdict.Miss(Plumbing?.OverheadShare > MostOverhead, $"the trainer's loop takes {Plumbing?.OverheadShare:p1} more than its steps, at most {MostOverhead:p0} may be"),
        .. Verdict.Miss(
            Recovery?.Seconds > MostRecoverySeconds + Recovery?.CheckpointLoadSeconds,
            $"recovery takes {Recovery?.Seconds:0.0} s, {MostRecoverySeconds:0} s and the load of a checkpoint ({Recovery?.CheckpointLoadSeconds:0.00} s) are allowed"),
        .. Verdict.Miss(Archive?.MbPerSecond < LeastArchiveMegabytes, $"the archive is read at {Archive?.MbPerSecond:0} MB/s, {LeastArchiveMegabytes:0} are asked for"),
    ];
}

/// <summary>Records through writer and reader beside the raw client's. MB are 10⁶ bytes.</summary>
internal sealed record ThroughputFigures(double RecordsPerSecond, double MbPerSecond, double RawMbPerSecond, double Ratio, double Spread, double RawSpread, double RatioSpread);

/// <summary>Training with checkpoints at the default interval beside training without.</summary>
/// <param name="Parameters">Of the student.</param>
/// <param name="StallMs">How long the loop stands still for one: the copy of weights, optimizer and windows.</param>
/// <param name="OverheadShare">Median of the pairs' (with − without) / without.</param>
/// <param name="Checkpoints">Checkpoints during a run; the fewest of all runs.</param>
/// <param name="Spread">Largest − smallest share.</param>
internal sealed record CheckpointFigures(long Parameters, double StallMs, double OverheadShare, long Checkpoints, double Spread);

/// <summary>From the start of a silo's process, after kill -9, to the first new step of its student.</summary>
internal sealed record RecoveryFigures(double Seconds, double CheckpointLoadSeconds, double Spread);

/// <summary>The whole trainer, checkpoints included, beside bare optimizer steps on the same batches.</summary>
/// <param name="OverheadShare">Median of the pairs' (whole − bare) / bare.</param>
/// <param name="BareStepsPerSecond">Of the optimizer alone; the median.</param>
/// <param name="StepsPerSecond">Of the whole; the median.</param>
/// <param name="Spread">Largest − smallest share.</param>
internal sealed record PlumbingFigures(double OverheadShare, double BareStepsPerSecond, double StepsPerSecond, double Spread);

/// <summary>Archived records read in order by one caller, checksums included, from a warm cache.</summary>
internal sealed record ArchiveFigures(double MbPerSecond, double Spread);

/// <summary>What the figures depend on.</summary>
/// <param name="LoadBefore">The machine's load average of a minute, where the kernel says it.</param>
/// <param name="LoadAfter">The same when it ended.</param>
internal sealed record LogBenchSetting(int Runs, int Threads, string Broker, int RecordBytes, int Steps, double? LoadBefore, double? LoadAfter);
