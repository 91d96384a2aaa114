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
    // of a word that begins within a byte
    private const int LeastBits = 57;

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

    /// <summary>A Rice code for each of the values, −1 for what no int holds. A word serves as many codes as it holds: loading one for each would double the time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Rice(int parameter, int escapeBits, Span<int> values)
    {
        var (word, left) = (Peek(), LeastBits);
        foreach (ref var value in values)
        {
            var quotient = BitOperations.TrailingZeroCount(word);
            var length = quotient + 1 + parameter;
            if (length > left)
            {
                (word, left) = (Peek(), LeastBits);
                quotient = BitOperations.TrailingZeroCount(word);
                length = quotient + 1 + parameter;
            }

            if (quotient < RiceCode.Limit)
            {
                var number = ((long)quotient << parameter) | ((long)(word >> (quotient + 1)) & ~(-1L << parameter));
                value = number > int.MaxValue ? -1 : (int)number;
            }
            else
            {
                (word, left) = (Peek(), LeastBits);
                length = RiceCode.Limit + escapeBits;
                value = (int)((word >> RiceCode.Limit) & ~(ulong.MaxValue << escapeBits));
            }

            _position += length;
            word >>= length;
            left -= length;
        }
    }

    /// <summary>Elias' gamma code for each of the values.</summary>
    /// <returns>Their sum, or null where one is of a number beyond 16 bits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long? Gamma(Span<ushort> values)
    {
        var (word, left, sum) = (Peek(), LeastBits, 0L);
        foreach (ref var value in values)
        {
            var low = BitOperations.TrailingZeroCount(word);
            if ((2 * low) + 1 > left)
            {
                (word, left) = (Peek(), LeastBits);
                low = BitOperations.TrailingZeroCount(word);
            }

            if (low > 15)
            {
                return null;
            }

            var number = (1u << low) | ((uint)(word >> (low + 1)) & ~(uint.MaxValue << low));
            sum += number;
            value = (ushort)number;
            _position += (2 * low) + 1;
            word >>= (2 * low) + 1;
            left -= (2 * low) + 1;
        }

        return sum;
    }

    public void Skip(long bits) => _position += bits;

    /// <summary>Goes on at the next whole byte; false where a bit in between is set.</summary>
    public bool Align() => Bits((int)(-_position & 7)) == 0;

    /// <summary><see cref="LeastBits"/> or more from here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Peek()
    {
        var at = _position >> 3;
        var word = at <= _bytes.Length - sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(_bytes.Slice((int)at, sizeof(ulong))) : Last(_bytes, at);
        return word >> (int)(_position & 7);
    }

    // static: a reader whose address is taken stays out of registers
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Last(ReadOnlySpan<byte> bytes, long at)
    {
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        if (at < bytes.Length)
        {
            bytes[(int)at..].CopyTo(last);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(last);
    }
}
