using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>Which tokens of a forward attend to which, and where the keys and values of earlier ones are.</summary>
internal abstract class AttentionPattern(ModelConfig config)
{
    protected int KeyValueHeads => config.KeyValueHeads;

    /// <summary>Query heads to a key head.</summary>
    protected int Groups => config.Heads / config.KeyValueHeads;

    protected int Width => config.HeadDim;

    /// <summary>The attention of one layer, [N, heads · d].</summary>
    /// <param name="layer">Its index.</param>
    /// <param name="queries">[N,heads,d], turned by their positions, which also gives attention its 1/√d.</param>
    /// <param name="keys">[N,key-value heads,d], turned likewise.</param>
    /// <param name="values">[N,key-value heads,d]</param>
    public abstract Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values);

    /// <summary>How many of the newest tokens a token of this layer attends to, itself included; null for all.</summary>
    protected int? WindowOf(int layer) => layer >= config.FirstWindowedLayer ? config.SlidingWindow : null;
}
