using System.Globalization;

namespace Reflux.Contracts.Identity;

/// <summary>Names one incarnation of one partition's history: a recreated topic has another UUID, so its offsets mean something else.</summary>
/// <param name="Topic">The topic's UUID.</param>
/// <param name="Partition">The partition, from 0.</param>
public readonly record struct LogId(Guid Topic, int Partition)
{
    /// <inheritdoc />
    public override string ToString() => $"{Topic:N}/{Partition}";
}

/// <summary>A place in a log: the record at <paramref name="Offset"/> of the history <paramref name="Log"/>.</summary>
public readonly record struct Position(LogId Log, long Offset)
{
    /// <inheritdoc />
    public override string ToString() => $"{Log}@{Offset}";

    /// <summary>Parses what <see cref="ToString"/> writes: the topic's UUID as 32 hex digits, a slash, the partition, an at sign, the offset.</summary>
    public static bool TryParse(string? text, out Position position)
    {
        position = default;
        var parts = text?.Split('/', '@');
        if (parts is not { Length: 3 } || $"{parts[0]}/{parts[1]}@{parts[2]}" != text
            || !Guid.TryParseExact(parts[0], "N", out var topic)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        position = new Position(new LogId(topic, partition), offset);
        return true;
    }
}
