using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Generation;

/// <summary>
/// Draws one token a row. Everything is computed in float64: in float32 the cumulative sum stands still and most of a large vocabulary could never be
/// drawn. What is kept of a vocabulary is decided by thresholds, not by the order of a sort, so equals share their fate.
/// </summary>
public static class TokenSampler
{
    /// <summary>The tokens, int64 [R]. A row's token depends on its logits, its key and the options alone.</summary>
    /// <param name="logits">[R,V], any floating dtype; −inf marks ids that don't exist.</param>
    /// <param name="options">In range.</param>
    /// <param name="keys">[R] where each row's random number comes from.</param>
    public static Tensor Choose(Tensor logits, SamplingOptions options, ReadOnlySpan<DrawKey> keys)
    {
        if (options.Temperature == 0)
        {
            return logits.argmax(-1);
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, logits.size(0), nameof(keys));
        double[] uniforms = new double[keys.Length];
        for (int row = 0; row < keys.Length; row++)
        {
            uniforms[row] = keys[row].Token();
        }

        using var scope = NewDisposeScope();
        Tensor kept = Keep(logits, options);
        Tensor cumulative = (kept - kept.amax([-1], keepdim: true)).exp_().cumsum(-1);
        Tensor total = cumulative.narrow(1, cumulative.size(1) - 1, 1);
        return searchsorted(cumulative, tensor(uniforms, [keys.Length, 1], device: logits.device) * total, right: true).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>float64 [R,V]: logits divided by the temperature, and −inf where a token can't be drawn.</summary>
    /// <param name="logits">[R,V]</param>
    /// <param name="options">Temperature above 0.</param>
    public static Tensor Keep(Tensor logits, SamplingOptions options)
    {
        using var scope = NewDisposeScope();
        Tensor scaled = logits.to_type(ScalarType.Float64).Over(options.Temperature);
        if (options.TopK is { } k && k < scaled.size(1))
        {
            scaled = AtLeast(scaled, scaled.topk(k).values.narrow(1, k - 1, 1));
        }

        if (options.TopP < 1)
        {
            Tensor sorted = scaled.sort(-1, descending: true).Values;
            Tensor probabilities = sorted.softmax(-1);
            Tensor before = probabilities.cumsum(-1) - probabilities;
            using Scalar mass = options.TopP;
            Tensor last = before.lt(mass).sum(-1, keepdim: true).sub(Scalars.One);
            scaled = AtLeast(scaled, sorted.gather(1, last));
        }

        if (options.MinP > 0)
        {
            scaled = AtLeast(scaled, scaled.amax([-1], keepdim: true).Plus(Math.Log(options.MinP)));
        }

        return scaled.MoveToOuterDisposeScope();
    }

    private static Tensor AtLeast(Tensor values, Tensor threshold) => values.masked_fill(values.lt(threshold), Scalars.NegativeInfinity);
}
