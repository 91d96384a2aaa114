using System.Buffers.Binary;

namespace Reflux.Models.Gguf;

/// <summary>
/// The q8_0 form: of 32 numbers in a row the scale max|x| / 127 as float16, then each number over that scale, rounded to the nearest whole
/// number, halves away from zero. Source: the type's reference in the ggml project.
/// </summary>
internal static class Q8Blocks
{
    /// <summary>Numbers in a block.</summary>
    public const int Length = 32;

    /// <summary>Bytes of a block.</summary>
    public const int Bytes = sizeof(ushort) + Length;

    /// <summary>The blocks of some rows.</summary>
    /// <param name="values">A multiple of <see cref="Length"/>.</param>
    /// <returns>Null where a scale is too large for float16.</returns>
    public static byte[]? Encode(ReadOnlySpan<float> values)
    {
        byte[] blocks = new byte[values.Length / Length * Bytes];
        Span<byte> rest = blocks;
        for (; !values.IsEmpty; values = values[Length..], rest = rest[Bytes..])
        {
            float largest = 0;
            foreach (float value in values[..Length])
            {
                largest = MathF.Max(largest, MathF.Abs(value));
            }

            float scale = largest / 127;
            Half stored = (Half)scale;
            if (!Half.IsFinite(stored))
            {
                return null;
            }

            BinaryPrimitives.WriteHalfLittleEndian(rest, stored);
            // the numbers are divided by the scale before it is rounded
            float inverse = scale == 0 ? 0 : 1 / scale;
            for (int i = 0; i < Length; i++)
            {
                rest[sizeof(ushort) + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
            }
        }

        return blocks;
    }
}
