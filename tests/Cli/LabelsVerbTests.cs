using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Cli.Bench;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Models.Tokenizers;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests;

[Collection("console")]
public sealed class LabelsVerbTests : IDisposable
{
    private static readonly string Teacher = RepositoryRoot.File("samples", "helpdesk", "teacher");
    private static readonly LabelRecord Record = Sampled();
    private static readonly byte[] Bytes = LabelRecordCodec.Encode(Record);

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Show_prints_ids_and_no_text_unless_it_is_asked_for()
    {
        var file = Write("record.bin", Bytes);
        var word = Tokenizer.Load(Path.Combine(Teacher, "tokenizer.json")).Decode([Record.Sequences[0].Tokens[^1]], skipSpecial: false);

        var plain = await RunAsync("labels", "show", file);
        var worded = await RunAsync("labels", "show", file, "--text", "--tokenizer", Teacher);

        Assert.Contains($"{Bytes.Length} bytes, 2 sequences, Sampled 50 at T = 1", plain, StringComparison.Ordinal);
        Assert.DoesNotContain('"', plain);
        Assert.Contains(JsonSerializer.Serialize(word), worded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_unwraps_dead_letters()
    {
        var letter = new DeadLetter(DeadLetterReason.Stale, new Position(new LogId(Guid.Empty, 0), 3), Bytes).Encode();

        Assert.Equal(await RunAsync("labels", "show", Write("record.bin", Bytes), "--json"), await RunAsync("labels", "show", Write("letter.bin", letter), "--json"));
    }

    [Fact]
    public async Task Stats_account_for_every_byte()
    {
        var (one, two) = (Write("one.bin", Bytes), Write("two.bin", LabelRecordCodec.Encode(TopK())));

        using var report = JsonDocument.Parse(await RunAsync("labels", "stats", one, two, "--json"));
        var text = await RunAsync("labels", "stats", one, two);

        var root = report.RootElement;
        Assert.Equal((2, 60), (root.GetProperty("records").GetInt32(), root.GetProperty("positions").GetInt32()));
        Assert.Equal(root.GetProperty("bytes").GetDouble(), root.GetProperty("bytesByPart").EnumerateObject().Sum(part => part.Value.GetDouble()), 1e-9);
        Assert.Equal(60, root.GetProperty("entropy").EnumerateArray().Sum(bin => bin.GetProperty("positions").GetInt32()));
        Assert.InRange(root.GetProperty("tailMass").GetDouble(), 0.01, 0.2);
        Assert.InRange(root.GetProperty("uniqueIds").GetDouble(), 9, 16);
        Assert.Contains("LogProbabilities", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_leave_out_what_does_not_decode_and_say_so()
    {
        var (code, output, errors) = await CommandLine.RunAsync("labels", "stats", Write("one.bin", Bytes), Write("cut.bin", Bytes[..^9]), Write("two.bin", LabelRecordCodec.Encode(TopK())), "--json");

        Assert.Equal(ExitCodes.Failed, code);
        using var report = JsonDocument.Parse(output);
        Assert.Equal((2, 1, 60), (report.RootElement.GetProperty("records").GetInt32(), report.RootElement.GetProperty("invalid").GetInt32(), report.RootElement.GetProperty("positions").GetInt32()));
        Assert.Contains("1 records do not decode", errors, StringComparison.Ordinal);
        Assert.Contains("cut.bin", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_on_the_log_is_shown_by_its_offset_and_written_to_a_file()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var options = new KafkaOptions { LabelPartitions = 2 };
        using var broker = new EmbeddedBrokerServer(options);
        await using var connection = await LogConnection.OpenAsync(options, broker.Address, TimeProvider.System, NullLoggerFactory.Instance, limit.Token);
        await using (var writer = new LogWriter(connection, new NothingRead()))
        {
            await writer.AppendAsync(Topics.Labels, 1, LabelRecordCodec.Encode(TopK()), limit.Token);
            await writer.AppendAsync(Topics.Labels, 1, Bytes, limit.Token);
        }

        Write("broker.json", JsonSerializer.SerializeToUtf8Bytes(new { address = broker.Address }));
        string[] where = ["--data", _directory.Path];
        var copy = _directory.File("copy.bin");

        Assert.Equal("", await RunAsync(["labels", "show", "1:1", "--output", copy, .. where]));
        Assert.Equal(Bytes, await File.ReadAllBytesAsync(copy, limit.Token));
        Assert.Equal(await RunAsync("labels", "show", copy), await RunAsync(["labels", "show", "1:1", .. where]));
        Assert.Contains("2 records, 3 sequences", await RunAsync(["labels", "stats", "1", .. where]), StringComparison.Ordinal);
        Assert.Contains("1 records, 1 sequences", await RunAsync(["labels", "stats", "1:..1", .. where]), StringComparison.Ordinal);
        Assert.Contains("1 records, 2 sequences", await RunAsync(["labels", "stats", "1:1", .. where]), StringComparison.Ordinal);

        await AssertFailsAsync(ErrorCodes.PositionOutOfRange, "holds the offsets 0 to 1, not 2", ["labels", "show", "1:2", .. where]);
        await AssertFailsAsync(ErrorCodes.PositionOutOfRange, "has no partition 7", ["labels", "show", "7:0", .. where]);
        await AssertFailsAsync(ErrorCodes.PositionOutOfRange, "Partition 0", ["labels", "stats", "0", .. where]);
    }

    [Fact]
    public async Task What_can_not_be_read_is_explained()
    {
        await AssertFailsAsync(ErrorCodes.RecordInvalid, "holds no valid label record", "labels", "show", Write("text.bin", "hello, world: no record"u8.ToArray()));
        await AssertFailsAsync(ErrorCodes.RecordInvalid, "checksum", "labels", "stats", Write("cut.bin", Bytes[..^9]));
        await AssertFailsAsync(ErrorCodes.BrokerUnavailable, "broker.json", "labels", "show", "3:17", "--data", _directory.Path);
        await AssertFailsAsync(ErrorCodes.InvalidRequest, "nowhere.bin", "labels", "show", _directory.File("nowhere.bin"));
        var foreign = LabelRecordCodec.Encode(Record with { TokenizerHash = "other" });
        await AssertFailsAsync(ErrorCodes.ModelInvalid, "another tokenizer", "labels", "show", Write("foreign.bin", foreign), "--text", "--tokenizer", Teacher);

        var (usage, _, errors) = await CommandLine.RunAsync("labels", "show", "3", "--data", _directory.Path);
        Assert.Equal(ExitCodes.Usage, usage);
        Assert.Contains("names no offset", errors, StringComparison.Ordinal);
        foreach (var (arguments, expected) in new[] { ("show 3:1..4", "names several records"), ("stats 3:9..2", "names no record"), ("show", "<source> is missing: FILE") })
        {
            var (code, _, complaint) = await CommandLine.RunAsync(["labels", .. arguments.Split(' ')]);
            Assert.Equal(ExitCodes.Usage, code);
            Assert.Contains(expected, complaint, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _directory.Dispose();

    private sealed class NothingRead : ISafePosition
    {
        public ValueTask<long> SafeOffsetAsync(string topic, int partition, CancellationToken cancellationToken) => new(0);
    }

    private static LabelRecord Sampled()
    {
        var zipf = new ZipfPositions(500, 1.8);
        return LabelledPosition.Record(new LabelSpec(LabelKind.Sampled, 50, 1), [.. Enumerable.Range(0, 40).Select(_ => zipf.Draw(50))], 20, promptLength: 3, 500) with
        {
            TokenizerHash = Tokenizer.Load(Path.Combine(Teacher, "tokenizer.json")).Hash,
        };
    }

    private static LabelRecord TopK()
    {
        var zipf = new ZipfPositions(500, 1.8);
        return LabelledPosition.Record(new LabelSpec(LabelKind.TopK, 12, 1), [.. Enumerable.Range(0, 20).Select(_ => zipf.Top(12))], 20, promptLength: 3, 500);
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_directory.File(name), bytes);
        return _directory.File(name);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await CommandLine.RunAsync(arguments);
        Assert.True(code == ExitCodes.Done, errors);
        return output;
    }

    private static async Task AssertFailsAsync(string? errorCode, string expected, params string[] arguments)
    {
        var (code, _, errors) = await CommandLine.RunAsync(arguments);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("what to do:", errors, StringComparison.Ordinal);
        Assert.True(errorCode is null || errors.Contains(errorCode, StringComparison.Ordinal), errors);
    }
}
