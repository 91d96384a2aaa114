namespace Reflux.Models;

/// <summary>How a family's <c>config.json</c> names itself, and what it means by fields that are absent. Source: the configuration classes of Hugging Face's transformers.</summary>
/// <param name="Family">Whose form it is.</param>
/// <param name="Architecture">Its only entry of <c>architectures</c>.</param>
/// <param name="ModelType">Its <c>model_type</c>.</param>
/// <param name="MaxPositions">Absent <c>max_position_embeddings</c>.</param>
/// <param name="KeyValueHeads">Absent <c>num_key_value_heads</c>; null means as many as query heads.</param>
/// <param name="HeadDim">Absent <c>head_dim</c>; null means <c>hidden_size / num_attention_heads</c>.</param>
internal sealed record FamilyForm(ModelFamily Family, string Architecture, string ModelType, int MaxPositions, int? KeyValueHeads, int? HeadDim)
{
    /// <summary>Absent <c>sliding_window</c>, in the families that have one.</summary>
    public const int SlidingWindow = 4096;

    /// <summary>Absent <c>max_window_layers</c>.</summary>
    public const int MaxWindowLayers = 28;

    public static IReadOnlyList<FamilyForm> All { get; } =
    [
        new(ModelFamily.Llama, "LlamaForCausalLM", "llama", MaxPositions: 2048, KeyValueHeads: null, HeadDim: null),
        new(ModelFamily.Mistral, "MistralForCausalLM", "mistral", MaxPositions: 131_072, KeyValueHeads: 8, HeadDim: null),
        new(ModelFamily.Qwen2, "Qwen2ForCausalLM", "qwen2", MaxPositions: 32_768, KeyValueHeads: 32, HeadDim: null),
        new(ModelFamily.Qwen3, "Qwen3ForCausalLM", "qwen3", MaxPositions: 32_768, KeyValueHeads: 32, HeadDim: 128),
    ];

    /// <summary>Whether <c>attention_bias</c> decides about all four projections of attention; in the others it must not ask for any.</summary>
    public bool HasAttentionBias => Family is ModelFamily.Llama or ModelFamily.Qwen3;

    /// <summary>Whether <c>use_sliding_window</c> and <c>max_window_layers</c> decide about the window.</summary>
    public bool HasOptionalWindow => Family is ModelFamily.Qwen2 or ModelFamily.Qwen3;

    public static FamilyForm Of(ModelFamily family) => All.First(form => form.Family == family);
}
