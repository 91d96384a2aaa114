using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// Rotary positions in the rotate-half form: element i of a head pairs with i + d/2 and turns by position · θ^(−2i/d). Source: Su et al. 2021,
/// "RoFormer"; the pairing is the one of Hugging Face's Llama weights. The angles are computed once, in float64.
/// </summary>
internal sealed class RotaryTable : IDisposable
{
    private readonly Tensor _cos;
    private readonly Tensor _sin;

    /// <param name="scale">What a rotated vector is multiplied with besides; d^(−1/4) on queries and keys gives attention its 1/√d.</param>
    public RotaryTable(int positions, int headDim, double theta, double scale, ScalarType dtype, Device device)
    {
        int half = headDim / 2;
        double[] cos = new double[(long)positions * headDim];
        double[] sin = new double[(long)positions * headDim];
        for (int position = 0; position < positions; position++)
        {
            for (int i = 0; i < half; i++)
            {
                (double sine, double cosine) = Math.SinCos(position * Math.Pow(theta, -2.0 * i / headDim));
                int first = (position * headDim) + i;
                (cos[first], cos[first + half]) = (scale * cosine, scale * cosine);
                (sin[first], sin[first + half]) = (-scale * sine, scale * sine);
            }
        }

        using var scope = NewDisposeScope();
        _cos = tensor(cos, [positions, 1, 2, half]).to(dtype, device).DetachFromDisposeScope();
        _sin = tensor(sin, [positions, 1, 2, half]).to(dtype, device).DetachFromDisposeScope();
    }

    /// <summary>The angles of int64 positions of any shape, flattened to N rows.</summary>
    public RotaryAngles At(Tensor positions)
    {
        Tensor flat = positions.reshape(-1);
        return new RotaryAngles(_cos.index_select(0, flat), _sin.index_select(0, flat));
    }

    public void Dispose()
    {
        _cos.Dispose();
        _sin.Dispose();
    }
}
