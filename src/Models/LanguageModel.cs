using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>A complete Hugging Face model directory in memory: decoder, tokenizer, chat template, stop tokens.</summary>
public sealed class LanguageModel : IDisposable
{
    private readonly string _directory;
    private readonly PromptTemplate? _template;

    private LanguageModel(string directory, CausalDecoder decoder, Tokenizer tokenizer, PromptTemplate? template, GenerationConfig generation, string revision, IReadOnlyList<int> stopTokenIds) =>
        (_directory, TokenNames, Decoder, Tokenizer, _template, Generation, Revision, StopTokenIds) = (directory, SpecialTokenNames.Read(directory), decoder, tokenizer, template, generation, revision, stopTokenIds);

    /// <summary>The decoder, in float32; gradients are off.</summary>
    public CausalDecoder Decoder { get; }

    /// <summary>The tokenizer; every token has an embedding row.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The chat form; the tokenizer has its special tokens.</summary>
    /// <exception cref="ModelException">The directory has none, as those of base models.</exception>
    public PromptTemplate Template => _template ?? throw ModelException.Missing(Path.Combine(_directory, PromptTemplate.FileName));

    /// <summary>Whether there is a <see cref="Template"/>. A base model continues texts and is scored without one.</summary>
    public bool HasTemplate => _template is not null;

    /// <summary>What its special tokens are called.</summary>
    public SpecialTokenNames TokenNames { get; }

    /// <summary>What <c>config.json</c> says.</summary>
    public ModelConfig Config => Decoder.Config;

    /// <summary>What <c>generation_config.json</c> says.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>What names the weights: see <see cref="ModelDirectory.ComputeRevision"/>.</summary>
    public string Revision { get; }

    /// <summary>The tokens that end an answer: those of <c>generation_config.json</c> and of <c>config.json</c>, ascending.</summary>
    public IReadOnlyList<int> StopTokenIds { get; }

    /// <summary>Loads a directory; weights of any stored type become float32.</summary>
    /// <exception cref="ModelException">A file is missing, truncated, malformed or contradicts another, or asks for something unsupported; file and remedy are named.</exception>
    public static LanguageModel Load(string directory, Device device)
    {
        if (!Directory.Exists(directory))
        {
            throw ModelException.Invalid(directory, "there is no such directory", "Give the path of a Hugging Face model directory.");
        }

        ModelConfig config = ModelConfig.Load(directory);
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(directory, ModelDirectory.TokenizerFile));
        ModelDirectory.CheckRows(directory, config, tokenizer.VocabularySize);
        PromptTemplate? template = PromptTemplate.Find(directory);
        template?.Encode(tokenizer, "");
        GenerationConfig generation = GenerationConfig.Load(directory);
        IReadOnlyList<int> stops = FindStopTokens(directory, config, generation);
        CausalDecoder decoder = ModelDirectory.LoadDecoder(directory, device, tokenCount: tokenizer.VocabularySize);
        return new LanguageModel(directory, decoder, tokenizer, template, generation, ModelDirectory.ComputeRevision(directory), stops);
    }

    /// <inheritdoc />
    public void Dispose() => Decoder.Dispose();

    private static IReadOnlyList<int> FindStopTokens(string directory, ModelConfig config, GenerationConfig generation)
    {
        int[] ids = [.. generation.EosTokenIds.Union(config.EosTokenIds).Order()];
        return ids.Length > 0 && ids[^1] < config.VocabularySize
            ? ids
            : throw ModelException.Invalid(
                Path.Combine(directory, generation.EosTokenIds.Count > 0 ? GenerationConfig.FileName : ModelConfig.FileName),
                ids.Length == 0 ? "no eos_token_id says where an answer ends" : $"eos_token_id {ids[^1]} is outside the vocabulary",
                "Set eos_token_id in generation_config.json.");
    }
}
