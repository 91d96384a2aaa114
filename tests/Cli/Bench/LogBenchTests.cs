using System.Text.Json;
using Reflux.Cli.Bench.Logs;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;
using Reflux.Streaming;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests.Bench;

public sealed class LogBenchTests : IDisposable
{
    private static readonly LogBenchSize Small = new()
    {
        Runs = 1,
        Records = 100,
        RecordBytes = 1 << 14,
        // 17 records: one more than a checkpoint waits for
        Steps = 68,
        SequencesPerRecord = 4,
        PromptTokens = 4,
        AnswerTokens = 8,
        ArchiveBytes = 1 << 20,
        Student = new FreshModelSpec { TokenizerFrom = "", HiddenSize = 16, IntermediateSize = 24, Layers = 1, Heads = 2, KeyValueHeads = 1, MaxPositions = 32 },
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Every_part_measures_something_and_leaves_nothing_behind()
    {
        var scratch = _directory.File("scratch");

        var report = await new LogBench(Small, 1, new KafkaOptions(), durable: false, scratch, TextWriter.Null).RunAsync(Enum.GetValues<LogPart>(), CancellationToken.None);

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report, RefluxJson.Options));
        foreach (var figure in (string[])
            [
                "throughput.recordsPerSecond", "throughput.mbPerSecond", "throughput.rawMbPerSecond", "throughput.ratio", "checkpoint.parameters", "checkpoint.checkpoints", "checkpoint.stallMs", "recovery.seconds", "archive.mbPerSecond",
            ])
        {
            Assert.True(Figure(json.RootElement, figure) > 0, figure);
        }

        // the shares of a run as short as this are noise of either sign
        Assert.True(double.IsFinite(Figure(json.RootElement, "checkpoint.overheadShare") + Figure(json.RootElement, "plumbing.overheadShare")));
        Assert.False(Directory.Exists(scratch));
    }

    [Fact]
    public void Every_missed_bar_is_named()
    {
        var setting = new LogBenchSetting(7, 2, "embedded", 65536, 200, 0, 0);
        var good = new LogReport(
            new ThroughputFigures(1000, 64, 70, 0.9, 0, 0, 0),
            new CheckpointFigures(1_000_000, 10, 0.05, 2, 0),
            new RecoveryFigures(5.2, 0.2, 0),
            new PlumbingFigures(0.05, 10, 10, 0),
            new ArchiveFigures(200, 0),
            setting);

        Assert.Empty(good.Missed);
        Assert.Contains("throughput is 0.89", Assert.Single((good with { Throughput = good.Throughput! with { Ratio = 0.89 } }).Missed), StringComparison.Ordinal);
        Assert.Contains("checkpoints take", Assert.Single((good with { Checkpoint = good.Checkpoint! with { OverheadShare = 0.06 } }).Missed), StringComparison.Ordinal);
        Assert.Contains("before its first checkpoint", Assert.Single((good with { Checkpoint = good.Checkpoint! with { Checkpoints = 0 } }).Missed), StringComparison.Ordinal);
        Assert.Contains("recovery takes 5.3", Assert.Single((good with { Recovery = good.Recovery! with { Seconds = 5.3 } }).Missed), StringComparison.Ordinal);
        Assert.Contains("the trainer's loop", Assert.Single((good with { Plumbing = good.Plumbing! with { OverheadShare = 0.06 } }).Missed), StringComparison.Ordinal);
        Assert.Contains("the archive is read at 199", Assert.Single((good with { Archive = new ArchiveFigures(199, 0) }).Missed), StringComparison.Ordinal);
        Assert.Empty(new LogReport(null, null, null, null, null, setting).Missed);
    }

    [Fact]
    public void However_fast_the_machine_is_a_checkpoint_falls_due()
    {
        var size = new LogBenchSize();
        Assert.True(size.Steps * size.SequencesPerStep / size.SequencesPerRecord > CheckpointInterval.Default.Records);
    }

    private static double Figure(JsonElement root, string path) => path.Split('.').Aggregate(root, (element, member) => element.GetProperty(member)).GetDouble();
}
