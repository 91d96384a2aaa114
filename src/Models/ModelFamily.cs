namespace Reflux.Models;

/// <summary>The published decoders that differ in a few named options of one architecture.</summary>
public enum ModelFamily
{
    /// <summary><c>LlamaForCausalLM</c>: Llama 2 and 3.x, SmolLM2.</summary>
    Llama,

    /// <summary><c>MistralForCausalLM</c>: a sliding window in every layer, or none.</summary>
    Mistral,

    /// <summary><c>Qwen2ForCausalLM</c>: Qwen2 and Qwen2.5; biases on queries, keys and values.</summary>
    Qwen2,

    /// <summary><c>Qwen3ForCausalLM</c>: queries and keys are normed per head.</summary>
    Qwen3,
}
