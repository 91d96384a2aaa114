using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// A rectangular batch with a mask of its own: what training uses. Grouped queries meet their shared key head as extra rows, so keys and values are never
/// repeated.
/// </summary>
/// <param name="config">The decoder's.</param>
/// <param name="bias">[B,1,1,T,T]: 0 where a query attends, very negative where not.</param>
/// <param name="windowedBias">The same for the layers with a window.</param>
internal sealed class MaskedAttention(ModelConfig config, Tensor bias, Tensor windowedBias) : AttentionPattern(config)
{
    public override Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        long batch = bias.size(0);
        long rows = queries.size(0);
        long length = rows / batch;
        queries = queries.view(batch, length, KeyValueHeads, Groups, Width).permute(0, 2, 3, 1, 4).reshape(batch * KeyValueHeads, Groups * length, Width);
        keys = keys.view(batch, length, KeyValueHeads, Width).transpose(1, 2).reshape(batch * KeyValueHeads, length, Width);
        values = values.view(batch, length, KeyValueHeads, Width).transpose(1, 2).reshape(batch * KeyValueHeads, length, Width);
        Tensor weights = queries.bmm(keys.transpose(1, 2)).view(batch, KeyValueHeads, Groups, length, length).Plus(WindowOf(layer) is null ? bias : windowedBias).softmax(-1);
        return weights.view(batch * KeyValueHeads, Groups * length, length).bmm(values)
            .view(batch, KeyValueHeads, Groups, length, Width).permute(0, 3, 1, 2, 4).reshape(rows, (long)KeyValueHeads * Groups * Width);
    }
}
