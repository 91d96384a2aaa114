using System.Globalization;
using System.Text;
using Reflux.Models.Decoders;
using Reflux.Models.Json;
using Reflux.Models.Tokenizers;
using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>The files of a Hugging Face model directory.</summary>
public static class ModelDirectory
{
    /// <summary>The name of the weights.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>The usual most bytes in one file of weights: 5 GB.</summary>
    public const long MaxShardBytes = 5_000_000_000;

    internal const string TokenizerFile = "tokenizer.json";

    /// <summary>Writes a complete directory. The decoder's weights are stored in <paramref name="dtype"/>, cast one tensor at a time.</summary>
    /// <param name="directory">Created where it is missing; files of the same names and older weights are replaced.</param>
    /// <param name="decoder">Only read.</param>
    /// <param name="dtype">Float32, Float16 or BFloat16.</param>
    /// <param name="tokenizer">Its ids are the embedding rows.</param>
    /// <param name="template">The chat form; null for a base model, which has none.</param>
    /// <param name="generation">Advice on sampling to pass on.</param>
    /// <param name="names">What special tokens are called; null for the template's names.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file; more weights are split into shards.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another <paramref name="dtype"/>.</exception>
    public static void Write(
        string directory,
        CausalDecoder decoder,
        ScalarType dtype,
        Tokenizer tokenizer,
        PromptTemplate? template,
        GenerationConfig? generation = null,
        SpecialTokenNames? names = null,
        long maxShardBytes = MaxShardBytes)
    {
        IReadOnlyDictionary<string, byte[]> metadata = MetadataFiles(decoder.Config, tokenizer, template, dtype, generation, names);
        Directory.CreateDirectory(directory);
        foreach ((string name, byte[] content) in metadata)
        {
            File.WriteAllBytes(Path.Combine(directory, name), content);
        }

        ShardWriter.Write(directory, decoder.Parameters, dtype, maxShardBytes);
    }

    /// <summary>Writes parameters as the weights of a model directory, cast to <paramref name="dtype"/>.</summary>
    public static void WriteWeights(Stream stream, IReadOnlyDictionary<string, Tensor> parameters, ScalarType dtype) =>
        ShardWriter.Write(stream, parameters, dtype);

    /// <summary>The decoder of a directory alone: <c>config.json</c> and weights, no tokenizer.</summary>
    /// <param name="directory">A model directory.</param>
    /// <param name="device">Where the parameters go.</param>
    /// <param name="dtype">What is computed with, whatever type is stored.</param>
    /// <param name="tokenCount">The rows of the head that are tokens; null for all.</param>
    /// <exception cref="ModelException">A file is missing, truncated, malformed or contradicts another; file and tensor are named.</exception>
    public static CausalDecoder LoadDecoder(string directory, Device device, ScalarType dtype = ScalarType.Float32, int? tokenCount = null)
    {
        ModelConfig config = ModelConfig.Load(directory);
        CheckRows(directory, config, tokenCount ?? config.VocabularySize);
        using WeightFiles weights = WeightFiles.Open(directory);
        return weights.Load(config, device, dtype, tokenCount);
    }

    /// <summary>What names a directory's weights: SHA-256 over <c>model.safetensors</c>, or over its shards in ordinal order; lower-case hex.</summary>
    /// <exception cref="ModelException">There are no weights, or a file can't be read.</exception>
    public static string ComputeRevision(string directory) => WeightFiles.ComputeRevision(directory);

    /// <summary>The content of every file but the weights, by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> MetadataFiles(
        ModelConfig config, Tokenizer tokenizer, PromptTemplate? template, ScalarType dtype, GenerationConfig? generation = null, SpecialTokenNames? names = null)
    {
        names ??= template?.TokenNames ?? SpecialTokenNames.None;
        SortedDictionary<string, string> texts = new(StringComparer.Ordinal)
        {
            [ModelConfig.FileName] = (config with { Dtype = dtype }).ToJson(),
            [GenerationConfig.FileName] = (generation ?? new GenerationConfig()).ToJson(config),
            [TokenizerFile] = tokenizer.ToJson(),
            [SpecialTokenNames.ConfigFile] = WriteTokenizerConfig(config, tokenizer, names),
            [SpecialTokenNames.MapFile] = JsonText.Write(writer =>
            {
                names.WriteTo(writer);
                writer.WriteStartArray("additional_special_tokens");
                foreach (string token in names.Additional)
                {
                    writer.WriteStringValue(token);
                }

                writer.WriteEndArray();
            }),
        };
        if (template is not null)
        {
            texts[PromptTemplate.FileName] = template.Jinja;
        }

        return texts.ToDictionary(text => text.Key, text => Encoding.UTF8.GetBytes(text.Value));
    }

    /// <summary>
    /// Looks at everything of a directory but the values of its weights: whatever its size, that takes milliseconds and finds missing, truncated and
    /// unsupported files.
    /// </summary>
    /// <exception cref="ModelException">As <see cref="LanguageModel.Load"/> throws.</exception>
    public static void Check(string directory)
    {
        ModelConfig config = CheckText(directory);
        using WeightFiles weights = WeightFiles.Open(directory);
        weights.CheckAgainst(config);
    }

    /// <summary>Looks at configuration, tokenizer and chat template only.</summary>
    /// <exception cref="ModelException">As <see cref="LanguageModel.Load"/> throws.</exception>
    public static ModelConfig CheckText(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw ModelException.Invalid(directory, "there is no such directory", "Give the path of a Hugging Face model directory.");
        }

        ModelConfig config = ModelConfig.Load(directory);
        GenerationConfig.Load(directory);
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(directory, TokenizerFile));
        CheckRows(directory, config, tokenizer.VocabularySize);
        PromptTemplate.Load(directory).Encode(tokenizer, "");
        return config;
    }

    /// <summary>Refuses a tokenizer whose largest token has no row; more rows than tokens are padding.</summary>
    internal static void CheckRows(string directory, ModelConfig config, int tokenCount)
    {
        if (tokenCount > config.VocabularySize)
        {
            throw ModelException.Invalid(
                Path.Combine(directory, TokenizerFile),
                $"token {tokenCount - 1} has no row among the {config.VocabularySize} of config.json's vocab_size",
                "Take tokenizer and weights from the same model.");
        }
    }

    private static string WriteTokenizerConfig(ModelConfig config, Tokenizer tokenizer, SpecialTokenNames specialTokens) => JsonText.Write(writer =>
    {
        writer.WriteStartObject("added_tokens_decoder");
        foreach (AddedToken token in tokenizer.Definition.Added)
        {
            writer.WriteStartObject(token.Id.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("content", token.Content);
            writer.WriteBoolean("lstrip", token.LeftStrip);
            writer.WriteBoolean("normalized", token.Normalized);
            writer.WriteBoolean("rstrip", token.RightStrip);
            writer.WriteBoolean("single_word", token.SingleWord);
            writer.WriteBoolean("special", token.Special);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteBoolean("clean_up_tokenization_spaces", false);
        specialTokens.WriteTo(writer);
        writer.WriteNumber("model_max_length", config.MaxPositions);
        writer.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
    });
}
