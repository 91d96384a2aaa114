using System.Buffers.Binary;
using System.Text;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>
/// Reads one record and refuses everything else. Every length is checked against the bytes that are left before anything is allocated,
/// so an input of n bytes can't make it allocate more than a small multiple of n.
/// </summary>
internal ref struct RecordReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    public RecordReader(ReadOnlySpan<byte> record, uint magic, byte version)
    {
        const int envelope = 4 + 1 + RecordWriter.ChecksumSize;
        if (record.Length < envelope)
        {
            throw new DecodeException(DeadLetterReason.Malformed, "length", $"is {record.Length} bytes, fewer than any record has");
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(record) != magic)
        {
            throw new DecodeException(DeadLetterReason.Malformed, "magic", "is that of something else");
        }

        if (record[4] != version)
        {
            throw new DecodeException(DeadLetterReason.UnknownVersion, "version", $"is {record[4]}; this build reads version {version}");
        }

        _bytes = record[..^RecordWriter.ChecksumSize];
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[^RecordWriter.ChecksumSize..]) != RecordWriter.Checksum(_bytes))
        {
            throw new DecodeException(DeadLetterReason.ChecksumMismatch, "checksum", "does not match its bytes");
        }

        _at = 5;
    }

    /// <summary>Prefix of field names in errors, for example <c>sequences[3].</c>; built only when something is wrong.</summary>
    public int Sequence { get; set; } = -1;

    public readonly int Remaining => _bytes.Length - _at;

    public readonly DecodeException Fail(string field, string problem, DeadLetterReason reason = DeadLetterReason.Malformed) =>
        new(reason, Sequence < 0 ? field : $"sequences[{Sequence}].{field}", problem);

    public byte Byte(string field) => Take(1, field)[0];

    public ulong Varint(string field)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte(field);
            var bits = (ulong)(next & 0x7F);
            if (shift == 63 && bits > 1)
            {
                break;
            }

            value |= bits << shift;
            if (next < 0x80)
            {
                return next != 0 || shift == 0 ? value : throw Fail(field, "is a number in an overlong form");
            }
        }

        throw Fail(field, "is a number beyond 64 bits");
    }

    /// <summary>A number within [<paramref name="least"/>, <paramref name="most"/>].</summary>
    public long Number(string field, long least, long most)
    {
        var value = Varint(field);
        return value <= (ulong)most && (long)value >= least ? (long)value : throw Fail(field, $"is {value}, outside {least} to {most}");
    }

    /// <summary>A number of things that take at least <paramref name="bytesEach"/> bytes each of what is left.</summary>
    public int Count(string field, int least, int bytesEach)
    {
        var value = Varint(field);
        if (value < (ulong)least)
        {
            throw Fail(field, $"is {value}, fewer than {least}");
        }

        return value <= (ulong)(Remaining / bytesEach) ? (int)value : throw Fail(field, $"is {value}, more than the rest of the record can hold");
    }

    public double Float64(string field) => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double), field));

    public Guid Uuid(string field) => new(Take(16, field), bigEndian: true);

    public Id128 Id(string field) => Id128.Read(Take(Id128.Size, field));

    public ReadOnlySpan<byte> Bytes(string field) => Take(Count(field, 0, 1), field);

    public string Text(string field, int mostBytes = int.MaxValue)
    {
        var bytes = Bytes(field);
        if (bytes.Length > mostBytes)
        {
            throw Fail(field, $"is {bytes.Length} bytes long, more than {mostBytes}");
        }

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Fail(field, "is not valid UTF-8", DeadLetterReason.InvalidText);
        }
    }

    /// <summary>What is left, read or not.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_at..];

    public ReadOnlySpan<byte> Take(int length, string field)
    {
        if (Remaining < length)
        {
            throw Fail(field, "is cut off by the end of the record");
        }

        var taken = _bytes.Slice(_at, length);
        _at += length;
        return taken;
    }

    public readonly void End()
    {
        if (Remaining > 0)
        {
            throw Fail("length", $"leaves {Remaining} bytes after the last field");
        }
    }
}
