using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Reflux.Distillation.Labels;

/// <summary>
/// Which prompts are kept from training. Depends on the prompt's tokens and the lane alone, so a prompt that comes again always falls on the
/// same side, whoever sends it, whatever its id: repeated prompts can't leak from the holdout into training.
/// </summary>
public static class HoldoutRule
{
    /// <summary>True where the prompt belongs to the holdout of a lane that keeps <paramref name="fraction"/> of its distinct prompts.</summary>
    public static bool Contains(Guid laneId, ReadOnlySpan<int> promptTokens, double fraction)
    {
        Span<byte> lane = stackalloc byte[16];
        laneId.TryWriteBytes(lane, bigEndian: true, out _);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("holdout"u8);
        hash.AppendData(lane);
        Span<byte> word = stackalloc byte[sizeof(int)];
        foreach (var token in promptTokens)
        {
            BinaryPrimitives.WriteInt32LittleEndian(word, token);
            hash.AppendData(word);
        }

        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return (BinaryPrimitives.ReadUInt64LittleEndian(digest) >> 11) * double.ScaleB(1, -53) < fraction;
    }
}
