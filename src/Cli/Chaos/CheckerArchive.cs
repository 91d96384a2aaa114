using System.Buffers.Binary;
using System.Text;
using Reflux.Contracts.Identity;

namespace Reflux.Cli.Chaos;

/// <summary>The checker's own reader of an archive: the segment files of docs/log.md, without their list, index and checksums; the bytes themselves are compared with the broker's.</summary>
internal static class CheckerArchive
{
    private const int HeaderBytes = 40;
    private const int FirstOffsetAt = 28;

    /// <summary>Every archived record by offset.</summary>
    /// <exception cref="InvalidDataException">A segment is not what the page says.</exception>
    public static SortedDictionary<long, byte[]> Read(string store, LogId log)
    {
        var records = new SortedDictionary<long, byte[]>();
        var directory = Path.Combine(store, "archive", log.Topic.ToString("N"), $"{log.Partition}");
        foreach (var file in Directory.EnumerateFiles(directory, "*.segment").Where(file => char.IsAsciiDigit(Path.GetFileName(file)[0])))
        {
            ReadSegment(file, File.ReadAllBytes(file), records);
        }

        return records;
    }

    private static void ReadSegment(string file, ReadOnlySpan<byte> bytes, SortedDictionary<long, byte[]> records)
    {
        if (bytes.Length < HeaderBytes + 20 || Encoding.ASCII.GetString(bytes[..4]) != "RFXA" || Encoding.ASCII.GetString(bytes[^4..]) != "RFXZ")
        {
            throw new InvalidDataException($"{file} is no whole segment");
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[^20..]);
        var expected = BinaryPrimitives.ReadInt64LittleEndian(bytes[FirstOffsetAt..]);
        var at = HeaderBytes;
        for (var i = 0; i < count; i++, expected++)
        {
            var offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + 8)..]);
            if (offset != expected || !records.TryAdd(offset, bytes.Slice(at + 12, length).ToArray()))
            {
                throw new InvalidDataException($"{file} holds offset {offset} where {expected} had to stand, once");
            }

            at += 12 + length + 4;
        }
    }
}
