using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>Writes one record: magic, version, fields, CRC-32C over all before it. Little-endian; ids and UUIDs big-endian; lengths are varints (LEB128).</summary>
internal sealed class RecordWriter
{
    internal const int ChecksumSize = 4;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _buffer;

    public RecordWriter(uint magic, byte version, int capacity = 1024)
    {
        _buffer = new ArrayBufferWriter<byte>(capacity);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(4), magic);
        _buffer.Advance(4);
        Byte(version);
    }

    /// <summary>Bytes written so far.</summary>
    public int Length => _buffer.WrittenCount;

    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Varint(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }

    public void Varint(int value) => Varint(checked((ulong)value));

    public void Float64(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(sizeof(double)), value);
        _buffer.Advance(sizeof(double));
    }

    public void Halves(ReadOnlySpan<Half> values)
    {
        var span = _buffer.GetSpan(2 * values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(span[(2 * i)..], values[i]);
        }

        _buffer.Advance(2 * values.Length);
    }

    public void Uuid(Guid value)
    {
        value.TryWriteBytes(_buffer.GetSpan(16), bigEndian: true, out _);
        _buffer.Advance(16);
    }

    public void Id(Id128 value)
    {
        value.Write(_buffer.GetSpan(Id128.Size));
        _buffer.Advance(Id128.Size);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Varint(value.Length);
        _buffer.Write(value);
    }

    public void Raw(ReadOnlySpan<byte> value) => _buffer.Write(value);

    public void Text(string value, int mostBytes = int.MaxValue)
    {
        var bytes = StrictUtf8.GetBytes(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, mostBytes, nameof(value));
        Bytes(bytes);
    }

    public byte[] Finish()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(ChecksumSize), Checksum(_buffer.WrittenSpan));
        _buffer.Advance(ChecksumSize);
        return _buffer.WrittenSpan.ToArray();
    }
}
