using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Streaming;

namespace Reflux.Cli.Labels;

/// <summary>Where label records are read from: files of one record each, dead letters included, or the labels topic of a running broker.</summary>
/// <param name="kafka">How to reach the log.</param>
/// <param name="data">The data directory of a silo with an embedded broker.</param>
internal sealed partial class LabelSource(KafkaOptions kafka, string data)
{
    /// <summary>One record: <c>partition:offset</c>, else a file.</summary>
    public async Task<byte[]> ReadAsync(string source, CancellationToken cancellation)
    {
        if (Range().Match(source) is not { Success: true } match)
        {
            return await ReadFileAsync(source, cancellation);
        }

        if (match.Groups["range"].Success)
        {
            throw new UsageException($"'{source}' names several records, and one can be shown: write partition:offset");
        }

        var offset = match.Groups["offset"].Success ? Offset(match.Groups["offset"].Value) : throw new UsageException($"'{source}' names no offset: write {source}:OFFSET");
        return await ReadLogAsync(Partition(match), offset, offset + 1, cancellation).FirstOrDefaultAsync(cancellation)
            ?? throw OutOfRange($"Offset {offset} only names the log (docs/log.md).", "Name another offset.");
    }

    /// <summary>All records of a source: a file's one; or of a partition those in <c>[:from..to]</c>, <c>to</c> excluded.</summary>
    public async IAsyncEnumerable<byte[]> ReadAllAsync(string source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Range().Match(source) is not { Success: true } match)
        {
            yield return await ReadFileAsync(source, cancellation);
            yield break;
        }

        long? from = match.Groups["offset"].Value is { Length: > 0 } first ? Offset(first) : null;
        long? to = match.Groups["to"].Value is { Length: > 0 } last ? Offset(last) : match.Groups["range"].Success ? null : from + 1;
        if (from >= to)
        {
            throw new UsageException($"'{source}' names no record: the first offset must be below the one after the last");
        }

        await foreach (var record in ReadLogAsync(Partition(match), from, to, cancellation))
        {
            yield return record;
        }
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            throw new RefluxException(
                ErrorCodes.InvalidRequest, $"There is no file '{path}', nor is that a record on the log.", "Name a file with the bytes of one label record, or a record as partition:offset, such as 3:17.");
        }

        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        return DeadLetter.IsDeadLetter(bytes) ? DeadLetter.Decode(bytes).Original : bytes;
    }

    private async IAsyncEnumerable<byte[]> ReadLogAsync(
        int partition, long? from, long? to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await LogConnection.OpenAsync(
            kafka, kafka.UsesEmbeddedBroker ? EmbeddedAddress() : null, TimeProvider.System, NullLoggerFactory.Instance, cancellation);
        if (partition >= connection.PartitionCount(Topics.Labels))
        {
            throw OutOfRange($"The labels topic has no partition {partition}; it has {connection.PartitionCount(Topics.Labels)}.", "`reflux lane show` names a lane's partition.");
        }

        var (low, end) = await connection.BoundsAsync(Topics.Labels, partition, cancellation);
        var (first, last) = (from ?? low, to ?? end);
        if (first < low || last > end || first >= last)
        {
            throw OutOfRange(
                $"Partition {partition} of the labels topic holds the offsets {low} to {end - 1}, not {(last - first == 1 ? $"{first}" : $"{first} to {last - 1}")}.",
                low == end ? "Nothing is labelled there, or the broker has dropped it." : "Name offsets within these bounds.");
        }

        var log = await connection.LogIdAsync(Topics.Labels, partition, cancellation);
        await using var reader = await LogReader.OpenAsync(connection, Topics.Labels, partition, new Position(log, first), cancellation);
        for (var next = first; next < last; next++)
        {
            var record = await reader.ReadAsync(cancellation);
            next = record.Position.Offset;
            if (next < last && !record.IsMark)
            {
                yield return record.Value;
            }
        }
    }

    private string EmbeddedAddress()
    {
        var file = Path.Combine(data, "broker.json");
        if (!File.Exists(file))
        {
            throw new RefluxException(
                ErrorCodes.BrokerUnavailable, $"There is no {file}: no embedded broker runs there.", "Name the silo's data directory with --data, or a cluster with --kafka.");
        }

        using var described = JsonDocument.Parse(File.ReadAllBytes(file));
        return described.RootElement.GetProperty("address").GetString()!;
    }

    private static int Partition(Match match) => int.TryParse(match.Groups["partition"].Value, CultureInfo.InvariantCulture, out var partition)
        ? partition
        : throw new UsageException($"'{match.Value}' names no partition");

    private static long Offset(string digits) =>
        long.TryParse(digits, CultureInfo.InvariantCulture, out var offset) && offset < long.MaxValue ? offset : throw new UsageException($"'{digits}' is no offset");

    private static RefluxException OutOfRange(string message, string remedy) => new(ErrorCodes.PositionOutOfRange, message, remedy);

    // partition, partition:offset, partition:from..to with either end left out
    [GeneratedRegex(@"^(?<partition>\d+)(:(?<offset>\d*)(?<range>\.\.(?<to>\d*))?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Range();
}
