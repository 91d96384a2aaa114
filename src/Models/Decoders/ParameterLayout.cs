namespace Reflux.Models.Decoders;

/// <summary>Names and shapes of a decoder's parameters, exactly as Hugging Face stores them.</summary>
internal static class ParameterLayout
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    public const string Weight = "weight";
    public const string Bias = "bias";

    public static string Layer(int index, string part, string kind = Weight) => $"{Module(index, part)}.{kind}";

    public static string Module(int index, string part) => $"model.layers.{index}.{part}";

    /// <summary>Every parameter in ordinal order of its name; a tied head has none of its own.</summary>
    public static SortedDictionary<string, long[]> ShapesOf(ModelConfig config)
    {
        long hidden = config.HiddenSize;
        long queries = (long)config.Heads * config.HeadDim;
        long keys = (long)config.KeyValueHeads * config.HeadDim;
        SortedDictionary<string, long[]> shapes = new(StringComparer.Ordinal)
        {
            [Embedding] = [config.VocabularySize, hidden],
            [FinalNorm] = [hidden],
        };
        if (!config.TieWordEmbeddings)
        {
            shapes[Head] = [config.VocabularySize, hidden];
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            shapes[Layer(layer, "input_layernorm")] = [hidden];
            shapes[Layer(layer, "self_attn.q_proj")] = [queries, hidden];
            shapes[Layer(layer, "self_attn.k_proj")] = [keys, hidden];
            shapes[Layer(layer, "self_attn.v_proj")] = [keys, hidden];
            shapes[Layer(layer, "self_attn.o_proj")] = [hidden, queries];
            if (config.QueryKeyValueBias)
            {
                shapes[Layer(layer, "self_attn.q_proj", Bias)] = [queries];
                shapes[Layer(layer, "self_attn.k_proj", Bias)] = [keys];
                shapes[Layer(layer, "self_attn.v_proj", Bias)] = [keys];
            }

            if (config.OutputBias)
            {
                shapes[Layer(layer, "self_attn.o_proj", Bias)] = [hidden];
            }

            if (config.QueryKeyNorm)
            {
                shapes[Layer(layer, "self_attn.q_norm")] = [config.HeadDim];
                shapes[Layer(layer, "self_attn.k_norm")] = [config.HeadDim];
            }

            shapes[Layer(layer, "post_attention_layernorm")] = [hidden];
            shapes[Layer(layer, "mlp.gate_proj")] = [config.IntermediateSize, hidden];
            shapes[Layer(layer, "mlp.up_proj")] = [config.IntermediateSize, hidden];
            shapes[Layer(layer, "mlp.down_proj")] = [hidden, config.IntermediateSize];
        }

        return shapes;
    }
}
