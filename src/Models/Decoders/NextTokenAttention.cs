using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>One new token of each row of a cache; without gradients. Rows may stand at different positions: what is beyond a row's own is hidden from it.</summary>
internal sealed class NextTokenAttention : AttentionPattern
{
    private readonly KeyValueCache _cache;
    private readonly Tensor _places;
    private readonly long _span;
    private readonly Tensor? _bias;
    private readonly Tensor? _windowedBias;

    /// <param name="config">The decoder's.</param>
    /// <param name="cache">Its first R rows are those of the tokens.</param>
    /// <param name="positions">int64 [R]</param>
    /// <param name="shortest">The lowest position of a row.</param>
    /// <param name="longest">The highest position of a row.</param>
    public NextTokenAttention(ModelConfig config, KeyValueCache cache, Tensor positions, int shortest, int longest)
        : base(config)
    {
        _cache = cache;
        _span = longest + 1;
        _places = cache.PlacesOf(positions);
        using Scalar span = _span;
        Tensor columns = arange(Scalars.Zero, span, Scalars.One, ScalarType.Int64, positions.device).view(1, 1, 1, -1);
        Tensor own = positions.view(-1, 1, 1, 1);
        Tensor? beyond = shortest == longest ? null : columns.gt(own);
        _bias = beyond is null ? null : Bias(beyond);
        if (config.SlidingWindow is { } window && longest >= window)
        {
            using Scalar reach = window;
            Tensor passed = columns.le(own.sub(reach));
            _windowedBias = Bias(beyond is null ? passed : passed.logical_or(beyond));
        }

        Tensor Bias(Tensor hidden) => zeros_like(hidden, cache.Dtype).masked_fill_(hidden, Scalars.NegativeInfinity);
    }

    public override Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        long rows = queries.size(0);
        (keys, values) = _cache.Append(layer, _places, keys, values, _span);
        Tensor scores = queries.view(rows * KeyValueHeads, Groups, Width).bmm(keys.transpose(1, 2));
        if ((WindowOf(layer) is null ? _bias : _windowedBias ?? _bias) is { } bias)
        {
            scores.view(rows, KeyValueHeads, Groups, _span).add_(bias, Scalars.One);
        }

        return scores.softmax(-1).bmm(values).view(rows, (long)KeyValueHeads * Groups * Width);
    }
}
