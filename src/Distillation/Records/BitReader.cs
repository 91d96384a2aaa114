using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Reflux.Distillation.Records;

/// <summary>
/// Reads what <see cref="BitWriter"/> wrote. Beyond the last byte it reads zeros and goes on, so that loops need no check for every code: whoever
/// reads asks for <see cref="Remaining"/> once a stream is done.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private long _position;

    /// <summary>Bits read so far.</summary>
    public readonly long Position => _position;

    /// <summary>Bits that are left; negative after an overrun.</summary>
    public readonly long Remaining => ((long)_bytes.Length * 8) - _position;

    /// <param name="bits">0 to 57.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Bits(int bits)
    {
        var value = Peek() & ~(ulong.MaxValue << bits);
        _position += bits;
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Rice(int parameter, int escapeBits)
    {
        var word = Peek();
        var quotient = BitOperations.TrailingZeroCount(word);
        if (quotient < RiceCode.Limit)
        {
            _position += quotient + 1 + parameter;
            return ((uint)quotient << parameter) | ((uint)(word >> (quotient + 1)) & ~(uint.MaxValue << parameter));
        }

        _position += RiceCode.Limit + escapeBits;
        return (uint)((word >> RiceCode.Limit) & ~(ulong.MaxValue << escapeBits));
    }

    /// <summary>Elias' gamma code; 0 where it is of a number beyond 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Gamma()
    {
        var word = Peek();
        var low = BitOperations.TrailingZeroCount(word);
        if (low > 15)
        {
            return 0;
        }

        _position += (2 * low) + 1;
        return (1u << low) | ((uint)(word >> (low + 1)) & ~(uint.MaxValue << low));
    }

    public void Skip(long bits) => _position += bits;

    /// <summary>Goes on at the next whole byte; false where a bit in between is set.</summary>
    public bool Align() => Bits((int)(-_position & 7)) == 0;

    /// <summary>57 bits or more from here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Peek()
    {
        var at = (int)(_position >> 3);
        var word = (uint)at <= (uint)(_bytes.Length - sizeof(ulong)) && _bytes.Length >= sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..])
            : Last(at);
        return word >> (int)(_position & 7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly ulong Last(int at)
    {
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        if (at < _bytes.Length)
        {
            _bytes[at..].CopyTo(last);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(last);
    }
}
