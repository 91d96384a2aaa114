using System.Numerics;
using System.Runtime.CompilerServices;

namespace Reflux.Distillation.Records;

/// <summary>
/// Golomb–Rice codes of bounded length: a value is its quotient by 2^r in unary, zeros ended by a one, and its r low bits; from a quotient of
/// <see cref="Limit"/> on it is <see cref="Limit"/> zeros and the value itself in a stated number of bits.
/// </summary>
internal static class RiceCode
{
    public const int Limit = 16;

    // r = 1 + ⌊log2(μ · ln φ)⌋ = ⌊log2(0.9624 μ)⌋ is the shortest for geometric values of mean μ (Kiely, "Selecting the Golomb parameter in Rice coding", 2004)
    private const double Golden = 0.9624;

    /// <summary>r for values that add up to <paramref name="sum"/>.</summary>
    public static int Parameter(long sum, long count) => Log2((long)(Golden * sum / Math.Max(1, count)));

    /// <summary>The scale g for which <see cref="GapParameter"/> suits positions whose last ids add up to <paramref name="lastIds"/>.</summary>
    public static int GapScale(long lastIds, long positions) => (int)Math.Max(1, Golden * lastIds / positions);

    /// <summary>r of the gaps between n ascending ids: ⌊log2(g / n)⌋, at least 0.</summary>
    public static int GapParameter(int scale, int ids) => BitOperations.Log2((uint)(scale / ids) | 1);

    /// <summary>A value's code, its first bit the lowest, and how many bits it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong Code, int Bits) Of(uint value, int parameter, int escapeBits)
    {
        var quotient = (int)(value >> parameter);
        return (uint)quotient < Limit
            ? (((ulong)(value & ~(uint.MaxValue << parameter)) << 1 | 1) << quotient, quotient + 1 + parameter)
            : ((ulong)value << Limit, Limit + escapeBits);
    }

    private static int Log2(long value) => BitOperations.Log2((ulong)value | 1);
}
