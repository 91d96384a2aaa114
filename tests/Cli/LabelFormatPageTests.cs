using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reflux.Cli.Bench;
using Reflux.Cli.Labels;
using Reflux.Contracts;
using Reflux.Distillation.Records;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests;

/// <summary>docs/soft-label-format.md says what the codec does: its examples are read, by our reader and by one that was written from the page.</summary>
public sealed partial class LabelFormatPageTests : IDisposable
{
    private static readonly (byte[] Bytes, JsonNode Document)[] Examples = ReadPage();

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Its_examples_read_as_it_says()
    {
        Assert.Equal([LabelKind.Sampled, LabelKind.TopK], Examples.Select(example => LabelRecordCodec.Decode(example.Bytes).Labels.Kind));
        Assert.All(Examples, example => AssertSame(example.Document, Document(example.Bytes), "page"));
    }

    [Fact]
    public void Its_examples_are_what_we_write() =>
        Assert.All(Examples, example => Assert.Equal(example.Bytes, LabelRecordCodec.Encode(LabelRecordCodec.Decode(example.Bytes))));

    [Fact]
    [Trait("Speed", "slow")]
    public async Task A_reader_written_from_the_page_reads_what_we_write()
    {
        var zipf = new ZipfPositions(5_000, 1.8);
        var sampled = LabelledPosition.Record(new LabelSpec(LabelKind.Sampled, 50, 0.7), [.. Enumerable.Range(0, 400).Select(_ => zipf.Draw(50))], 100, promptLength: 30, 5_000);
        var top = LabelledPosition.Record(new LabelSpec(LabelKind.TopK, 64, 1), [.. Enumerable.Range(0, 100).Select(_ => zipf.Top(64))], 50, promptLength: 9, 5_000);
        byte[][] records = [.. Examples.Select(example => example.Bytes), LabelRecordCodec.Encode(sampled), LabelRecordCodec.Encode(top)];

        foreach (var bytes in records)
        {
            AssertSame(await ReadWithPythonAsync(bytes), Document(bytes), "record");
        }
    }

    public void Dispose() => _directory.Dispose();

    private static JsonNode Document(byte[] bytes) => JsonSerializer.SerializeToNode(LabelRecordDocument.Of(LabelRecordCodec.Decode(bytes)), RefluxJson.Options)!;

    private async Task<JsonNode> ReadWithPythonAsync(byte[] bytes)
    {
        var file = _directory.File("record.bin");
        await File.WriteAllBytesAsync(file, bytes);
        using var python = Process.Start(new ProcessStartInfo("python3", ["-B", RepositoryRoot.File("tests", "reference", "label_reader.py"), file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = python.StandardError.ReadToEndAsync();
        var printed = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, await errors);
        return JsonNode.Parse(printed)!;
    }

    // numbers within the page's six decimals
    private static void AssertSame(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                Assert.Equal(members.Select(member => member.Key).Order(), actual!.AsObject().Select(member => member.Key).Order());
                foreach (var (name, value) in members)
                {
                    AssertSame(value, actual[name], $"{path}.{name}");
                }

                break;
            case JsonArray items:
                Assert.True(items.Count == actual!.AsArray().Count, path);
                for (var i = 0; i < items.Count; i++)
                {
                    AssertSame(items[i], actual[i], $"{path}[{i}]");
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                Assert.True(Math.Abs(value.GetValue<double>() - actual!.Deserialize<double>()) < 2e-6, $"{path}: {value} and {actual}");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{path}: {expected} and {actual}");
                break;
        }
    }

    private static (byte[] Bytes, JsonNode Document)[] ReadPage()
    {
        var page = File.ReadAllText(RepositoryRoot.File("docs", "soft-label-format.md"));
        var records = Block().Matches(page).Where(block => block.Groups["language"].Value == "hex")
            .Select(block => Convert.FromHexString(string.Concat(Hex().Matches(block.Groups["body"].Value).SelectMany(line => line.Value.Where(char.IsAsciiHexDigit)))));
        var documents = Block().Matches(page).Where(block => block.Groups["language"].Value == "json").Select(block => JsonNode.Parse(block.Groups["body"].Value)!);
        return [.. records.Zip(documents)];
    }

    [GeneratedRegex("^```(?<language>hex|json)\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Block();

    // pairs of digits from the start of a line up to two spaces
    [GeneratedRegex("^[0-9a-f]{2}( [0-9a-f]{2})*(?=  |$)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Hex();
}
