using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>The shape of a Llama-architecture decoder, as Hugging Face's <c>config.json</c> states it.</summary>
public sealed record ModelConfig
{
    internal const string FileName = "config.json";

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

    /// <summary>Whether the head is the embedding.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>The token that begins a sequence, if the model has one.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The tokens that end an answer.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

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
            : EosTokenIds.Append(BosTokenId ?? 0).Any(id => id < 0 || id >= VocabularySize) ? "a bos_token_id or eos_token_id is outside the vocabulary"
            : null;
    }
}
