using System.CommandLine;
using Reflux.Cli.Bench.Logs;
using Reflux.Cli.Output;
using Reflux.Silo.Offline;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux bench log`: what the log and the promises around it cost.</summary>
internal static class LogBenchVerb
{
    public static Command Create()
    {
        var size = new LogBenchSize();
        var runs = BenchVerb.Runs(size.Runs);
        var threads = CommonOptions.Threads();
        var servers = new Option<string?>("--bootstrap-servers") { Description = "The broker of the throughput, one that no silo uses; default: an embedded one of its own.", HelpName = "HOST:PORT" };
        var (broker, set) = (ChaosVerb.Broker(), SettingOptions.Set());
        broker.Description = "The broker of the throughput where none is named: embedded, or durable, an old Apache Kafka on disk (needs Java; ./reflux fetches both).";
        var only = new Option<LogPart[]>("--only") { Description = "One part; may be repeated. Default: all.", DefaultValueFactory = _ => Enum.GetValues<LogPart>() };
        only.AcceptOnlyFromAmong([.. Enum.GetNames<LogPart>().Select(part => part.ToLowerInvariant())]);
        var json = CommonOptions.Json();
        var command = new Command("log", """
            Records through writer and reader beside the raw Kafka client; checkpoints and the trainer's loop beside bare optimizer steps; recovery after kill -9; reading the archive
            (docs/benchmarks.md). Takes about seven minutes; wants the machine for itself.

            Examples:
              reflux bench log --json
              reflux bench log --only throughput --broker durable
              reflux bench log --only throughput --bootstrap-servers kafka:9093 --set Kafka:Settings:security.protocol=ssl

            Exit codes: 0 every bar reached, 1 not (the message says which), 130 stopped by Ctrl-C.
            """) { runs, threads, broker, servers, set, only, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var directory = Path.GetFullPath(Path.Combine("artifacts", "bench", $"log-{Environment.ProcessId}"));
            var kafka = LogSettings.Read(new SettingOptions().Add("Kafka:BootstrapServers", parsed.GetValue(servers)).AddAll(parsed.GetValue(set)!).ToArguments());
            var durable = ChaosVerb.IsDurable(parsed.GetValue(broker));
            if (durable && !kafka.UsesEmbeddedBroker)
            {
                throw new UsageException($"--broker durable starts a broker, and {kafka.BootstrapServers} is another: name one of them");
            }

            var bench = new LogBench(size with { Runs = parsed.GetValue(runs) }, parsed.GetValue(threads), kafka, durable, directory, Console.Error);
            var report = await bench.RunAsync(parsed.GetRequiredValue(only), cancellation);
            Printer.JsonOr(parsed.GetValue(json), report, Print);
            return Verdict.Of("bench", report.Missed);
        });
        return command;
    }

    private static void Print(LogReport report)
    {
        if (report.Throughput is { } log)
        {
            Line($"log: {log.RecordsPerSecond:0} records/s, {log.MbPerSecond:0} MB/s (spread {log.Spread:p0}), the raw client {log.RawMbPerSecond:0} ({log.RawSpread:p0}), ratio {log.Ratio:0.00}");
        }

        if (report is { Checkpoint: { } checkpoint, Plumbing: { } plumbing })
        {
            Line($"checkpoints of {checkpoint.Parameters:N0} parameters: {checkpoint.Checkpoints} a run at least, {checkpoint.StallMs:0} ms still each, {checkpoint.OverheadShare:p1} of the steps' time (spread {checkpoint.Spread:p1})");
            Line($"trainer: {plumbing.StepsPerSecond:0.0} steps/s, bare {plumbing.BareStepsPerSecond:0.0}: {plumbing.OverheadShare:p1} more time (spread {plumbing.Spread:p1})");
        }

        if (report.Recovery is { } recovery)
        {
            Line($"recovery: {recovery.Seconds:0.00} s to the first new step (spread {recovery.Spread:p0}), of which the checkpoint {recovery.CheckpointLoadSeconds:0.00} s");
        }

        if (report.Archive is { } archive)
        {
            Line($"archive: {archive.MbPerSecond:0} MB/s (spread {archive.Spread:p0})");
        }

        var setting = report.Setting;
        Line($"{setting.Runs} runs in turns, {setting.Threads} threads, {setting.Broker} broker, load {setting.LoadBefore:0.0} before and {setting.LoadAfter:0.0} after");
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(FormattableString.Invariant(text));
}
