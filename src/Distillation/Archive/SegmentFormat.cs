using System.Buffers.Binary;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Archive;

/// <summary>The bytes of a segment (docs/log.md): a header, records with a CRC-32C each, the file position of each, a trailer. Little-endian, UUIDs big-endian.</summary>
internal static class SegmentFormat
{
    public const int HeaderSize = 4 + 4 + 16 + 4 + 8 + ChecksumSize;
    public const int RecordHeadSize = 8 + 4;
    public const int ChecksumSize = 4;
    public const int TrailerSize = 4 + 8 + ChecksumSize + 4;

    /// <summary>Longest record that a segment takes, bytes: far above any broker's limit, far below what a damaged length could ask for.</summary>
    public const int LongestRecord = 64 << 20;

    private const uint HeaderMagic = 0x52465841; // "RFXA"
    private const uint TrailerMagic = 0x5246585A; // "RFXZ"
    private const uint Version = 1;

    public static byte[] Header(LogId log, long first)
    {
        var bytes = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, HeaderMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Version);
        log.Topic.TryWriteBytes(bytes.AsSpan(8), bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), log.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(28), first);
        return Summed(bytes);
    }

    /// <exception cref="InvalidDataException">It is not the header of this log's segment from this offset on.</exception>
    public static void CheckHeader(ReadOnlySpan<byte> bytes, LogId log, long first)
    {
        CheckSum(bytes, "header");
        Require(BinaryPrimitives.ReadUInt32BigEndian(bytes) == HeaderMagic, "the header is that of something else");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        Require(version == Version, $"the format version is {version}; this build reads {Version}");
        Require(bytes.SequenceEqual(Header(log, first)), "the header names another log or offset");
    }

    public static byte[] Record(long offset, ReadOnlySpan<byte> value)
    {
        var bytes = new byte[RecordHeadSize + value.Length + ChecksumSize];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), value.Length);
        value.CopyTo(bytes.AsSpan(RecordHeadSize));
        return Summed(bytes);
    }

    /// <summary>Bytes of the record's value, from its head.</summary>
    /// <exception cref="InvalidDataException">It is not the head of the record at this offset.</exception>
    public static int ReadRecordHead(ReadOnlySpan<byte> bytes, long offset)
    {
        var stored = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Require(stored == offset, $"the record at offset {offset} says that it is {stored}");
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        return length is >= 0 and <= LongestRecord ? length : throw new InvalidDataException($"the record at offset {offset} says that it has {length} bytes");
    }

    /// <exception cref="InvalidDataException">The record's bytes are not those that were written.</exception>
    public static void CheckRecord(ReadOnlySpan<byte> bytes, long offset) => CheckSum(bytes, $"record at offset {offset}");

    public static byte[] Footer(IReadOnlyList<long> positions, long indexAt)
    {
        var bytes = new byte[(positions.Count * sizeof(long)) + TrailerSize];
        for (var i = 0; i < positions.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), positions[i]);
        }

        var trailer = bytes.AsSpan(positions.Count * sizeof(long));
        BinaryPrimitives.WriteInt32LittleEndian(trailer, positions.Count);
        BinaryPrimitives.WriteInt64LittleEndian(trailer[4..], indexAt);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[12..], RecordWriter.Checksum(bytes.AsSpan(0, bytes.Length - 8)));
        BinaryPrimitives.WriteUInt32BigEndian(trailer[16..], TrailerMagic);
        return bytes;
    }

    /// <summary>Where the index begins, from the trailer of a file of so many bytes and records.</summary>
    /// <exception cref="InvalidDataException">It is not the trailer of such a segment: the file was cut, or is damaged.</exception>
    public static long ReadTrailer(ReadOnlySpan<byte> trailer, long fileSize, long records)
    {
        Require(BinaryPrimitives.ReadUInt32BigEndian(trailer[16..]) == TrailerMagic, "the end is not that of a segment");
        var indexAt = BinaryPrimitives.ReadInt64LittleEndian(trailer[4..]);
        Require(BinaryPrimitives.ReadInt32LittleEndian(trailer) == records && indexAt == fileSize - TrailerSize - (records * sizeof(long)), "the trailer states other records or another size");
        return indexAt;
    }

    /// <summary>The file position of each record, from the footer.</summary>
    /// <exception cref="InvalidDataException">The footer's bytes are not those that were written.</exception>
    public static long[] ReadIndex(ReadOnlySpan<byte> footer)
    {
        var trailer = footer[^TrailerSize..];
        Require(BinaryPrimitives.ReadUInt32LittleEndian(trailer[12..]) == RecordWriter.Checksum(footer[..^8]), "the index does not match its checksum");
        var positions = new long[(footer.Length - TrailerSize) / sizeof(long)];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = BinaryPrimitives.ReadInt64LittleEndian(footer[(i * sizeof(long))..]);
        }

        return positions;
    }

    private static byte[] Summed(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - ChecksumSize), RecordWriter.Checksum(bytes.AsSpan(0, bytes.Length - ChecksumSize)));
        return bytes;
    }

    private static void CheckSum(ReadOnlySpan<byte> bytes, string what) =>
        Require(BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumSize..]) == RecordWriter.Checksum(bytes[..^ChecksumSize]), $"the {what} does not match its checksum");

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidDataException(problem);
        }
    }
}
