namespace Reflux.Models.Gguf;

/// <summary>What llama.cpp has to know of a decoder's shape, and what it can't represent.</summary>
internal static class GgufArchitecture
{
    /// <summary>What to do with a model that can't be one GGUF file.</summary>
    public const string HuggingFace = "Export it with --format hf.";

    /// <summary>The name of its architecture there; Mistral is computed as Llama.</summary>
    /// <exception cref="ModelException">It ignores an option that would change the numbers.</exception>
    public static string NameOf(ModelConfig config, string source)
    {
        string name = config.Family switch
        {
            ModelFamily.Llama or ModelFamily.Mistral => "llama",
            ModelFamily.Qwen2 => "qwen2",
            ModelFamily.Qwen3 => "qwen3",
            _ => throw ModelException.Unsupported(source, $"llama.cpp has no architecture for {config.Family} here", HuggingFace),
        };
        if (config.SlidingWindow is { } window)
        {
            throw ModelException.Unsupported(
                source,
                $"a sliding window of {window} tokens is active, and llama.cpp's architecture '{name}' ignores it: its numbers would differ behind {window} tokens",
                $"{HuggingFace} For a file that is right up to {window} tokens, set max_position_embeddings to {window} and sliding_window to null in a copy of the model.");
        }

        if (name != "llama" && config.RopeScaling is not null)
        {
            throw ModelException.Unsupported(source, $"llama.cpp's architecture '{name}' ignores the llama3 type of rope_scaling", HuggingFace);
        }

        if (config.Family == ModelFamily.Qwen2 && config.HeadDim * config.Heads != config.HiddenSize)
        {
            throw ModelException.Unsupported(
                source, $"llama.cpp's architecture '{name}' has no head_dim {config.HeadDim} other than hidden_size / num_attention_heads, {config.HiddenSize} / {config.Heads}", HuggingFace);
        }

        return config.Family == ModelFamily.Qwen3 && config.OutputBias
            ? throw ModelException.Unsupported(source, "llama.cpp's architecture 'qwen3' has no attention_bias", HuggingFace)
            : name;
    }

    public static void Describe(GgufMetadata metadata, string architecture, ModelConfig config)
    {
        metadata.Add($"{architecture}.block_count", config.Layers);
        metadata.Add($"{architecture}.context_length", config.MaxPositions);
        metadata.Add($"{architecture}.embedding_length", config.HiddenSize);
        metadata.Add($"{architecture}.feed_forward_length", config.IntermediateSize);
        metadata.Add($"{architecture}.attention.head_count", config.Heads);
        metadata.Add($"{architecture}.attention.head_count_kv", config.KeyValueHeads);
        metadata.Add($"{architecture}.attention.key_length", config.HeadDim);
        metadata.Add($"{architecture}.attention.value_length", config.HeadDim);
        metadata.Add($"{architecture}.attention.layer_norm_rms_epsilon", config.RmsNormEpsilon);
        metadata.Add($"{architecture}.rope.dimension_count", config.HeadDim);
        metadata.Add($"{architecture}.rope.freq_base", config.RopeTheta);
        metadata.Add($"{architecture}.vocab_size", config.VocabularySize);
    }
}
