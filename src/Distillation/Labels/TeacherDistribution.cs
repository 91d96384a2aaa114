using Reflux.Contracts.Errors;
using Reflux.Models;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Labels;

/// <summary>
/// A teacher's p = softmax(logits / T) over R rows, on their device. Probabilities add up in float64: in float32 the sum stands still and most of a
/// large vocabulary could never be drawn. Its tensors belong to the scope that it was made in.
/// </summary>
internal sealed class TeacherDistribution
{
    /// <summary>ln p where p is 0: finite, so that 0 · ln p is no NaN.</summary>
    public const double LogOfZero = -1000;

    // bounds the working set; a CPU wants it within a core's cache, an accelerator wants few launches
    private const long MostElementsOnCpu = 1 << 18;
    private const long MostElements = 1 << 22;

    private readonly Tensor _cumulative;

    /// <exception cref="RefluxException">A row has NaN or +inf, or nothing but −inf.</exception>
    public TeacherDistribution(Tensor logits, double temperature, ReadOnlySpan<DrawKey> keys)
    {
        var precise = logits.dtype == ScalarType.Float64 ? logits : logits.to_type(ScalarType.Float32);
        Scaled = temperature == 1 ? precise : precise.Over(temperature);
        using Scalar floor = LogOfZero;
        LogProbabilities = Scaled.log_softmax(-1).clamp_min_(floor);
        var probabilities = LogProbabilities.exp();
        _cumulative = probabilities.cumsum(-1, ScalarType.Float64);
        Entropy = Values(probabilities.mul_(LogProbabilities).sum(-1).neg());
        for (var row = 0; row < Entropy.Length; row++)
        {
            if (!double.IsFinite(Entropy[row]))
            {
                throw new RefluxException(
                    ErrorCodes.ModelInvalid,
                    $"The teacher's logits at position {keys[row].Position} are not finite numbers.",
                    "Check the teacher's weights: a NaN or an infinity in them spoils every answer.");
            }

            Entropy[row] = Math.Max(0, Entropy[row]);
        }
    }

    /// <summary>[R, V] logits / T.</summary>
    public Tensor Scaled { get; }

    /// <summary>[R, V] ln p, at least <see cref="LogOfZero"/>.</summary>
    public Tensor LogProbabilities { get; }

    /// <summary>[R] H(p), nats.</summary>
    public double[] Entropy { get; }

    /// <summary>How many rows of a vocabulary are worked on at once.</summary>
    public static int RowsAtOnce(Tensor logits) =>
        (int)Math.Max(1, (logits.device_type == DeviceType.CPU ? MostElementsOnCpu : MostElements) / logits.shape[1]);

    /// <summary>int64 [R, n]: the ids that <paramref name="uniforms"/>, row-major [R, n] in (0, 1), choose.</summary>
    public Tensor Draw(double[] uniforms)
    {
        var total = _cumulative.narrow(1, _cumulative.shape[1] - 1, 1);
        var rows = _cumulative.shape[0];
        return searchsorted(_cumulative, tensor(uniforms, [rows, uniforms.Length / rows], device: _cumulative.device) * total, right: true);
    }

    /// <summary>A tensor's values, row-major.</summary>
    public static double[] Values(Tensor values) => values.to_type(ScalarType.Float64).cpu().data<double>().ToArray();
}
