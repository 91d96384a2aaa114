using System.Buffers.Binary;
using System.Numerics;

namespace Reflux.Distillation.Records;

/// <summary>Packs codes into bytes, each byte filled from its lowest bit.</summary>
internal sealed class BitWriter
{
    private byte[] _bytes = new byte[4096];
    private int _length;
    private ulong _pending;
    private int _count;

    /// <summary>Fills the last byte with zeros and returns all bytes since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Room();
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), _pending);
        _length += (_count + 7) / 8;
        (_pending, _count) = (0, 0);
        return _bytes.AsSpan(0, _length);
    }

    public void Clear() => (_length, _pending, _count) = (0, 0, 0);

    /// <param name="value">Below 2^<paramref name="bits"/>.</param>
    /// <param name="bits">0 to 57.</param>
    public void Bits(ulong value, int bits)
    {
        _pending |= value << _count;
        _count += bits;
        if (_count >= 64)
        {
            Room();
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), _pending);
            _length += sizeof(ulong);
            _count -= 64;
            _pending = value >> (bits - _count);
        }
    }

    public void Rice(uint value, int parameter, int escapeBits)
    {
        var (code, bits) = RiceCode.Of(value, parameter, escapeBits);
        Bits(code, bits);
    }

    /// <summary>The Rice code of each value. The state stays in registers: stored after each code, it would take most of the time.</summary>
    public void Rice(ReadOnlySpan<int> values, int parameter, int escapeBits)
    {
        Room(sizeof(ulong) * values.Length);
        var (bytes, length, pending, count) = (_bytes, _length, _pending, _count);
        foreach (var value in values)
        {
            var (code, bits) = RiceCode.Of((uint)value, parameter, escapeBits);
            pending |= code << count;
            count += bits;
            if (count >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(length), pending);
                length += sizeof(ulong);
                count -= 64;
                pending = code >> (bits - count);
            }
        }

        (_length, _pending, _count) = (length, pending, count);
    }

    /// <summary>Elias' gamma code of a value of at least 1: as many zeros as it has bits after its highest, a one, and these bits.</summary>
    public void Gamma(uint value)
    {
        var low = BitOperations.Log2(value);
        Bits((((ulong)(value - (1u << low)) << 1) | 1) << low, (2 * low) + 1);
    }

    private void Room(int bytes = 0)
    {
        var needed = _length + bytes + sizeof(ulong);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        }
    }
}
