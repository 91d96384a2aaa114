using Reflux.Contracts.Errors;

namespace Reflux.Models;

/// <summary>A shape for a fresh student, by name. Widths are multiples of 32, so that every matrix fits q8_0.</summary>
public sealed record ModelSize
{
    private ModelSize(string name, int hiddenSize, int intermediateSize, int layers, int heads, int keyValueHeads) =>
        (Name, HiddenSize, IntermediateSize, Layers, Heads, KeyValueHeads) = (name, hiddenSize, intermediateSize, layers, heads, keyValueHeads);

    /// <summary>Smallest first.</summary>
    public static IReadOnlyList<ModelSize> All { get; } =
    [
        new("nano", hiddenSize: 128, intermediateSize: 352, layers: 3, heads: 4, keyValueHeads: 2),
        new("tiny", hiddenSize: 192, intermediateSize: 512, layers: 4, heads: 6, keyValueHeads: 2),
        new("small", hiddenSize: 256, intermediateSize: 704, layers: 6, heads: 8, keyValueHeads: 4),
        new("medium", hiddenSize: 512, intermediateSize: 1376, layers: 8, heads: 8, keyValueHeads: 4),
        new("large", hiddenSize: 768, intermediateSize: 2048, layers: 14, heads: 12, keyValueHeads: 4),
        new("xl", hiddenSize: 1024, intermediateSize: 2816, layers: 24, heads: 16, keyValueHeads: 8),
    ];

    public string Name { get; }

    public int HiddenSize { get; }

    public int IntermediateSize { get; }

    public int Layers { get; }

    public int Heads { get; }

    public int KeyValueHeads { get; }

    /// <exception cref="RefluxException">option-out-of-range: there is none of that name.</exception>
    public static ModelSize Parse(string name) => All.FirstOrDefault(size => size.Name == name)
        ?? throw new RefluxException(ErrorCodes.OptionOutOfRange, $"there is no size '{name}'", $"Name one of {string.Join(", ", All.Select(size => size.Name))}.");

    /// <summary>A model of this size with a tied head, as a family has it.</summary>
    /// <param name="family">Decides about biases and norms.</param>
    /// <param name="vocabulary">Whose embedding rows and special token ids it takes.</param>
    /// <param name="maxPositions">The longest sequence, in tokens.</param>
    public ModelConfig ToConfig(ModelFamily family, ModelConfig vocabulary, int maxPositions) => new()
    {
        Family = family,
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize,
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = KeyValueHeads,
        HeadDim = HiddenSize / Heads,
        MaxPositions = maxPositions,
        TieWordEmbeddings = true,
        QueryKeyValueBias = family == ModelFamily.Qwen2,
        QueryKeyNorm = family == ModelFamily.Qwen3,
        VocabularySize = vocabulary.VocabularySize,
        BosTokenId = vocabulary.BosTokenId,
        EosTokenIds = vocabulary.EosTokenIds,
        PadTokenId = vocabulary.PadTokenId,
    };
}
