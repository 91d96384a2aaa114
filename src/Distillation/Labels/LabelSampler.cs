using Reflux.Contracts.Errors;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Labels;

/// <summary>
/// Draws soft labels from a teacher's logits on their device (random-sampling distillation: N draws with replacement, counts merged;
/// c/N is an unbiased estimate of p). Probabilities add up in float64 and the uniforms have 50 bits: in float32 the sum stands still and most of
/// a large vocabulary could never be drawn.
/// </summary>
/// <param name="draws">N, draws at each position.</param>
/// <param name="temperature">T: p = softmax(logits / T).</param>
public sealed class LabelSampler(int draws, double temperature)
{
    // bounds the working set; a CPU wants it within a core's cache, an accelerator wants few launches
    private const long MostElementsOnCpu = 1 << 18;
    private const long MostElements = 1 << 22;

    /// <summary>N.</summary>
    public int Draws => draws;

    /// <summary>T.</summary>
    public double Temperature => temperature;

    /// <summary>Draws every row's labels, and the answer's own token from the same p with a stream of its own. A row's draws depend on its logits and key alone.</summary>
    /// <param name="logits">[R, V], any floating dtype; −inf marks ids that don't exist.</param>
    /// <param name="keys">[R] where each row's random numbers come from.</param>
    /// <exception cref="RefluxException">A row has NaN or +inf, or nothing but −inf.</exception>
    public SampledRows Sample(Tensor logits, ReadOnlySpan<DrawKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, logits.shape[0], nameof(keys));
        var sampled = new SampledRows(keys.Length, draws);
        var chunk = (int)Math.Max(1, (logits.device_type == DeviceType.CPU ? MostElementsOnCpu : MostElements) / logits.shape[1]);
        for (var start = 0; start < keys.Length; start += chunk)
        {
            var rows = Math.Min(chunk, keys.Length - start);
            SampleChunk(logits.narrow(0, start, rows), keys.Slice(start, rows), sampled, start);
        }

        return sampled;
    }

    private void SampleChunk(Tensor logits, ReadOnlySpan<DrawKey> keys, SampledRows sampled, int start)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var width = draws + 1;
        var uniforms = new double[keys.Length * width];
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row].FillDraws(uniforms.AsSpan(row * width, draws));
            uniforms[(row * width) + draws] = keys[row].Token();
        }

        // p = 0 where ln p is below −1000, so the bound only keeps 0 · −inf from being NaN
        var precise = logits.dtype == ScalarType.Float64 ? logits : logits.to_type(ScalarType.Float32);
        var logProbabilities = (temperature == 1 ? precise : precise / temperature).log_softmax(-1).clamp_min_(-1000.0);
        var probabilities = logProbabilities.exp();
        var cumulative = probabilities.cumsum(-1, ScalarType.Float64);
        var entropy = ToArray(probabilities.mul_(logProbabilities).sum(-1).neg());
        for (var row = 0; row < entropy.Length; row++)
        {
            if (!double.IsFinite(entropy[row]))
            {
                throw new RefluxException(
                    ErrorCodes.ModelInvalid,
                    $"The teacher's logits at position {keys[row].Position} are not finite numbers.",
                    "Check the teacher's weights: a NaN or an infinity in them spoils every answer.");
            }

            sampled.Entropy[start + row] = (Half)Math.Max(0, entropy[row]);
        }

        var total = cumulative.narrow(1, cumulative.shape[1] - 1, 1);
        var drawn = searchsorted(cumulative, tensor(uniforms, [keys.Length, width], device: logits.device) * total, right: true);
        Merge(drawn.cpu().data<long>().ToArray(), ToArray(logProbabilities.gather(1, drawn)), sampled, start, keys.Length);
    }

    private static double[] ToArray(Tensor values) => values.to_type(ScalarType.Float64).cpu().data<double>().ToArray();

    private void Merge(long[] drawn, double[] logProbabilities, SampledRows sampled, int start, int rows)
    {
        const int indexBits = 16;
        Span<long> sorted = draws <= 512 ? stackalloc long[draws] : new long[draws];
        for (var row = 0; row < rows; row++)
        {
            var origin = row * (draws + 1);
            for (var i = 0; i < draws; i++)
            {
                sorted[i] = (drawn[origin + i] << indexBits) | (uint)i;
            }

            sorted.Sort();
            var end = sampled.Offsets[start + row];
            foreach (var entry in sorted)
            {
                var id = (int)(entry >> indexBits);
                if (end > sampled.Offsets[start + row] && sampled.Ids[end - 1] == id)
                {
                    sampled.Counts[end - 1]++;
                    continue;
                }

                sampled.Ids[end] = id;
                sampled.Counts[end] = 1;
                sampled.LogProbabilities[end++] = (Half)Math.Min(0, logProbabilities[origin + (int)(entry & ushort.MaxValue)]);
            }

            sampled.Offsets[start + row + 1] = end;
            sampled.Tokens[start + row] = drawn[origin + draws];
        }
    }
}
