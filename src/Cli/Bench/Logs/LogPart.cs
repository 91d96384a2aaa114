namespace Reflux.Cli.Bench.Logs;

/// <summary>The parts of `reflux bench log`.</summary>
internal enum LogPart
{
    Throughput,
    Training,
    Recovery,
    Archive,
}
