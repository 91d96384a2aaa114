using System.Buffers.Binary;
using Reflux.Contracts.Identity;

namespace Reflux.Models.Generation;

/// <summary>
/// Where a position's random numbers come from: the lane's label seed, the sequence's id and the target position, nothing else. The same
/// position is drawn alike whoever answers it, in whatever batch.
/// </summary>
/// <param name="Sequence">Stands for (label seed, sequence id).</param>
/// <param name="Position">t, the index of the target token in the sequence.</param>
public readonly record struct DrawKey(ulong Sequence, int Position)
{
    // 50 of the 53 bits of a double: u is never 0 and, times the CDF's last value, always below it
    private const int UniformBits = 50;
    private const uint DrawStream = 0;
    private const uint TokenStream = 1;

    /// <summary>The key of a sequence's first position.</summary>
    public static DrawKey For(ulong labelSeed, Id128 sequenceId)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(seed, labelSeed);
        return new DrawKey((ulong)Id128.Hash("draws"u8.ToArray(), seed.ToArray(), sequenceId.ToBytes()).Value, 0);
    }

    /// <summary>The same sequence's key at another position.</summary>
    public DrawKey At(int position) => this with { Position = position };

    /// <summary>Fills <paramref name="destination"/> with the uniforms of the position's draws, each in (0, 1).</summary>
    public void FillDraws(Span<double> destination)
    {
        for (var i = 0; i < destination.Length; i += 2)
        {
            var (low, high) = Philox.Block(Sequence, (uint)Position, (uint)(i / 2), DrawStream, 0);
            destination[i] = Uniform(low);
            if (i + 1 < destination.Length)
            {
                destination[i + 1] = Uniform(high);
            }
        }
    }

    /// <summary>The uniform that chooses the answer's own token, from a stream of its own: the token is independent of the draws.</summary>
    public double Token() => Uniform(Philox.Block(Sequence, (uint)Position, 0, TokenStream, 0).Low);

    private static double Uniform(ulong bits) => double.ScaleB((bits >> (64 - UniformBits)) + 0.5, -UniformBits);
}
