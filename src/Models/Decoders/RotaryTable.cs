using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// Rotary positions in the rotate-half form: element i of a head pairs with i + d/2 and turns by position · frequency. Source: Su et al. 2021,
/// "RoFormer"; the pairing is the one of Hugging Face's weights. The angles are computed in float64, for as many positions as have been asked for.
/// </summary>
internal sealed class RotaryTable : IDisposable
{
    // below this the whole context is cheaper than looking at the positions of every batch
    private const int FirstRows = 4096;

    private readonly double[] _frequencies;
    private readonly int _maxPositions;
    private readonly double _scale;
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private Tensor _cos;
    private Tensor _sin;

    /// <param name="frequencies">Radians a position, one for each of the d/2 pairs.</param>
    /// <param name="maxPositions">The positions that exist are below it.</param>
    /// <param name="scale">What a rotated vector is multiplied with besides; d^(−1/4) on queries and keys gives attention its 1/√d.</param>
    /// <param name="dtype">Of the vectors.</param>
    /// <param name="device">Where they are.</param>
    public RotaryTable(double[] frequencies, int maxPositions, double scale, ScalarType dtype, Device device)
    {
        (_frequencies, _maxPositions, _scale, _dtype, _device) = (frequencies, maxPositions, scale, dtype, device);
        (_cos, _sin) = Compute(Math.Min(maxPositions, FirstRows));
    }

    /// <summary>Positions held, each as d cosines and d sines.</summary>
    public long Rows => _cos.size(0);

    /// <summary>The angles of int64 positions of any shape, flattened to N rows.</summary>
    /// <param name="positions">Any shape.</param>
    /// <param name="largest">The largest of them where the caller knows it: looking at a device's tensor waits for the device.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is beyond the last one.</exception>
    public RotaryAngles At(Tensor positions, long? largest = null)
    {
        Tensor flat = positions.reshape(-1);
        if (Rows < _maxPositions)
        {
            Grow(largest ?? flat.max().item<long>());
        }

        return new RotaryAngles(_cos.index_select(0, flat), _sin.index_select(0, flat));
    }

    public void Dispose()
    {
        _cos.Dispose();
        _sin.Dispose();
    }

    private void Grow(long largest)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(largest, _maxPositions);
        if (largest < Rows)
        {
            return;
        }

        (Tensor cos, Tensor sin) = Compute((int)Math.Min(_maxPositions, Math.Max(largest + 1, 2 * Rows)));
        Dispose();
        (_cos, _sin) = (cos, sin);
    }

    private (Tensor Cos, Tensor Sin) Compute(int rows)
    {
        int half = _frequencies.Length;
        double[] cos = new double[(long)rows * 2 * half];
        double[] sin = new double[cos.Length];
        for (int position = 0; position < rows; position++)
        {
            for (int i = 0; i < half; i++)
            {
                (double sine, double cosine) = Math.SinCos(position * _frequencies[i]);
                int first = (position * 2 * half) + i;
                (cos[first], cos[first + half]) = (_scale * cosine, _scale * cosine);
                (sin[first], sin[first + half]) = (-_scale * sine, _scale * sine);
            }
        }

        // the table outlives an inference that made it grow, and a tensor made by inference can't take part in training
        using IDisposable tracking = inference_mode(false);
        using var scope = NewDisposeScope();
        return (
            tensor(cos, [rows, 1, 2, half]).to(_dtype, _device).DetachFromDisposeScope(),
            tensor(sin, [rows, 1, 2, half]).to(_dtype, _device).DetachFromDisposeScope());
    }
}
