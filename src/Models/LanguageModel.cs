using System.Security.Cryptography;
using Reflux.Models.Decoders;
using Reflux.Models.Json;
using Reflux.Models.Tokenizers;
using Reflux.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>A complete Hugging Face model directory in memory: decoder, tokenizer, chat template, stop tokens.</summary>
public sealed class LanguageModel : IDisposable
{
    private LanguageModel(CausalDecoder decoder, Tokenizer tokenizer, PromptTemplate template, string revision, IReadOnlyList<int> stopTokenIds) =>
        (Decoder, Tokenizer, Template, Revision, StopTokenIds) = (decoder, tokenizer, template, revision, stopTokenIds);

    /// <summary>The decoder, in float32; gradients are off.</summary>
    public CausalDecoder Decoder { get; }

    /// <summary>The tokenizer; every token has an embedding row.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The chat form; the tokenizer has its special tokens.</summary>
    public PromptTemplate Template { get; }

    /// <summary>What <c>config.json</c> says.</summary>
    public ModelConfig Config => Decoder.Config;

    /// <summary>SHA-256 of <c>model.safetensors</c>, lower-case hex.</summary>
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
        string tokenizerFile = Path.Combine(directory, ModelDirectory.TokenizerFile);
        Tokenizer tokenizer = Tokenizer.Load(tokenizerFile);
        if (tokenizer.VocabularySize != config.VocabularySize)
        {
            throw tokenizer.VocabularySize > config.VocabularySize
                ? ModelException.Invalid(tokenizerFile, $"token {tokenizer.VocabularySize - 1} has no row among the {config.VocabularySize} of config.json's vocab_size", "Take tokenizer and weights from the same model.")
                : ModelException.Unsupported(tokenizerFile, $"{config.VocabularySize} embedding rows for {tokenizer.VocabularySize} tokens (padding rows) are not supported", "Use a model without padding rows.");
        }

        PromptTemplate template = PromptTemplate.Load(directory);
        template.Encode(tokenizer, "");
        IReadOnlyList<int> stops = ReadStopTokens(directory, config);
        string weights = ModelDirectory.FindWeights(directory);
        return new LanguageModel(LoadDecoder(config, weights, device), tokenizer, template, ComputeRevision(weights), stops);
    }

    /// <inheritdoc />
    public void Dispose() => Decoder.Dispose();

    private static CausalDecoder LoadDecoder(ModelConfig config, string file, Device device)
    {
        using var scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> stored = Safetensors.Read(file, device);
        scope.Attach(stored.Values);
        SortedDictionary<string, long[]> shapes = ParameterLayout.ShapesOf(config);
        Dictionary<string, Tensor> parameters = [];
        foreach ((string name, long[] shape) in shapes)
        {
            Tensor value = stored.TryGetValue(name, out Tensor? found)
                ? found
                : throw SafetensorsHeader.Malformed(file, $"tensor '{name}' is missing");
            if (!value.shape.AsSpan().SequenceEqual(shape))
            {
                throw SafetensorsHeader.Malformed(file, $"tensor '{name}' is [{string.Join(", ", value.shape)}], but config.json makes it [{string.Join(", ", shape)}]");
            }

            if (!value.is_floating_point())
            {
                throw SafetensorsHeader.Malformed(file, $"tensor '{name}' holds {value.dtype}, no floating-point numbers");
            }

            parameters.Add(name, value.to_type(ScalarType.Float32));
        }

        CheckOthers(config, file, stored, shapes);
        return CausalDecoder.FromParameters(config, parameters);
    }

    private static void CheckOthers(
        ModelConfig config, string file, IReadOnlyDictionary<string, Tensor> stored, SortedDictionary<string, long[]> shapes)
    {
        foreach ((string name, Tensor value) in stored)
        {
            if (shapes.ContainsKey(name) || name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal))
            {
                continue;
            }

            if (name != ParameterLayout.Head || !config.TieWordEmbeddings)
            {
                throw SafetensorsHeader.Malformed(file, $"tensor '{name}' belongs to no part of the model that config.json describes");
            }

            Tensor embedding = stored[ParameterLayout.Embedding];
            if (!value.shape.AsSpan().SequenceEqual(embedding.shape) || !value.eq(embedding).all().item<bool>())
            {
                throw SafetensorsHeader.Malformed(file, $"tensor '{name}' differs from the embedding, although config.json ties them");
            }
        }
    }

    private static IReadOnlyList<int> ReadStopTokens(string directory, ModelConfig config)
    {
        string file = Path.Combine(directory, ModelDirectory.GenerationConfigFile);
        JsonFields? fields = File.Exists(file) ? JsonFields.Read(file) : null;
        int[] ids = [.. (fields is null ? [] : ModelConfigJson.ReadTokenIds(fields, "eos_token_id")).Union(config.EosTokenIds).Order()];
        return ids.Length > 0 && ids[^1] < config.VocabularySize
            ? ids
            : throw ModelException.Invalid(
                File.Exists(file) ? file : Path.Combine(directory, ModelConfig.FileName),
                ids.Length == 0 ? "no eos_token_id says where an answer ends" : $"eos_token_id {ids[^1]} is outside the vocabulary",
                "Set eos_token_id in generation_config.json.");
    }

    private static string ComputeRevision(string file)
    {
        using FileStream stream = ModelFile.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
