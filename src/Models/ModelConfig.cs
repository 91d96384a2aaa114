using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>The shape and options of a decoder of the Llama line, as Hugging Face's <c>config.json</c> states them.</summary>
public sealed record ModelConfig
{
    internal const string FileName = "config.json";

    /// <summary>Which published form it is stored as; a family fixes some of the options below.</summary>
    public ModelFamily Family { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward block.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head; even.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Number of embedding rows.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest sequence, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>ε under the square root of RMSNorm.</summary>
    public double RmsNormEpsilon { get; init; } = 1e-6;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>How the rotary frequencies are stretched for long contexts; null leaves them as <see cref="RopeTheta"/> makes them.</summary>
    public Llama3RopeScaling? RopeScaling { get; init; }

    /// <summary>Whether the query, key and value projections have biases.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether the output projection of attention has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether each head's query and key pass an RMSNorm before they are rotated.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>How many tokens a token sees in windowed layers, itself included; null where no layer has a window shorter than the context.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>The first layer with a window; all behind it have one too. 0 without <see cref="SlidingWindow"/>.</summary>
    public int FirstWindowedLayer { get; init; }

    /// <summary>Whether the head is the embedding.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>The token that begins a sequence, if the model has one.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The tokens that end an answer.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The token that other tools fill rows with, if the model has one; nothing here pads with it.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>The element type of the stored weights.</summary>
    public ScalarType Dtype { get; init; } = ScalarType.Float32;

    /// <summary>Reads <c>config.json</c> of a model directory.</summary>
    /// <exception cref="ModelException">It is missing, malformed, impossible, or asks for something unsupported, which the message names.</exception>
    public static ModelConfig Load(string directory) => ModelConfigJson.Read(Path.Combine(directory, FileName));

    /// <summary>The text of a <c>config.json</c> that says the same.</summary>
    public string ToJson() => ModelConfigJson.Write(this);

    /// <summary>What makes the shape impossible, or null.</summary>
    internal string? FindFault()
    {
        foreach ((string name, int value) in (ReadOnlySpan<(string, int)>)
        [
            ("hidden_size", HiddenSize), ("intermediate_size", IntermediateSize), ("num_hidden_layers", Layers), ("num_attention_heads", Heads),
            ("num_key_value_heads", KeyValueHeads), ("head_dim", HeadDim), ("vocab_size", VocabularySize), ("max_position_embeddings", MaxPositions),
        ])
        {
            if (value < 1)
            {
                return $"{name} is {value}, but has to be at least 1";
            }
        }

        return Heads % KeyValueHeads != 0 ? $"num_attention_heads {Heads} is no multiple of num_key_value_heads {KeyValueHeads}"
            : HeadDim % 2 != 0 ? $"head_dim {HeadDim} is odd, but rotary positions need pairs"
            : EosTokenIds.Append(BosTokenId ?? 0).Append(PadTokenId ?? 0).Any(id => id < 0 || id >= VocabularySize) ? "a bos_token_id, eos_token_id or pad_token_id is outside the vocabulary"
            : FindRopeFault() ?? FindFamilyFault();
    }

    private string? FindRopeFault() => RopeScaling switch
    {
        null => null,
        { Factor: not >= 1 } => $"the factor of rope_scaling is {RopeScaling.Factor}, but has to be at least 1",
        { LowFrequencyFactor: not > 0 } => $"low_freq_factor of rope_scaling is {RopeScaling.LowFrequencyFactor}, but has to be above 0",
        _ when !(RopeScaling.HighFrequencyFactor > RopeScaling.LowFrequencyFactor) => "high_freq_factor of rope_scaling is not above low_freq_factor",
        { OriginalMaxPositions: < 1 } => "original_max_position_embeddings of rope_scaling is below 1",
        _ => null,
    };

    /// <summary>A family's stored form has no place for the options of another.</summary>
    private string? FindFamilyFault()
    {
        bool windowed = Family is not ModelFamily.Llama;
        bool fitting = Family switch
        {
            ModelFamily.Llama => QueryKeyValueBias == OutputBias && !QueryKeyNorm,
            ModelFamily.Mistral => !QueryKeyValueBias && !OutputBias && !QueryKeyNorm && FirstWindowedLayer == 0,
            ModelFamily.Qwen2 => QueryKeyValueBias && !OutputBias && !QueryKeyNorm,
            ModelFamily.Qwen3 => QueryKeyValueBias == OutputBias && QueryKeyNorm,
            _ => false,
        };
        return !fitting ? $"a {Family} model does not have this combination of biases, norms of queries and keys, and windows"
            : SlidingWindow is { } window && (!windowed || window < 1) ? $"a {Family} model has no sliding_window of {window}"
            : FirstWindowedLayer < 0 || FirstWindowedLayer >= (SlidingWindow is null ? 1 : Layers) ? $"no layer has the window that begins at layer {FirstWindowedLayer}"
            : null;
    }
}
