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

    internal const string TokenizerFile = "tokenizer.json";
    internal const string GenerationConfigFile = "generation_config.json";

    /// <summary>Writes a complete directory. The decoder's weights are stored in <paramref name="dtype"/>.</summary>
    /// <param name="directory">Created where it is missing; files of the same names are replaced.</param>
    /// <param name="decoder">Only read.</param>
    /// <param name="dtype">Float32, Float16 or BFloat16.</param>
    /// <param name="tokenizer">Its ids are the embedding rows.</param>
    /// <param name="template">The chat form.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another <paramref name="dtype"/>.</exception>
    public static void Write(string directory, CausalDecoder decoder, ScalarType dtype, Tokenizer tokenizer, PromptTemplate template)
    {
        IReadOnlyDictionary<string, byte[]> metadata = MetadataFiles(decoder.Config, tokenizer, template, dtype);
        Directory.CreateDirectory(directory);
        foreach ((string name, byte[] content) in metadata)
        {
            File.WriteAllBytes(Path.Combine(directory, name), content);
        }

        using FileStream stream = new(Path.Combine(directory, WeightsFile), FileMode.Create, FileAccess.Write, FileShare.None);
        WriteWeights(stream, decoder.Parameters, dtype);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Writes parameters as the weights of a model directory, cast to <paramref name="dtype"/>.</summary>
    public static void WriteWeights(Stream stream, IReadOnlyDictionary<string, Tensor> parameters, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        Safetensors.Write(
            stream,
            parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.to_type(dtype)),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>The content of every file but the weights, by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> MetadataFiles(ModelConfig config, Tokenizer tokenizer, PromptTemplate template, ScalarType dtype)
    {
        SortedDictionary<string, string> texts = new(StringComparer.Ordinal)
        {
            [ModelConfig.FileName] = (config with { Dtype = dtype }).ToJson(),
            [GenerationConfigFile] = JsonText.Write(writer =>
            {
                writer.WriteBoolean("_from_model_config", true);
                ModelConfigJson.WriteTokenIds(writer, config);
            }),
            [TokenizerFile] = tokenizer.ToJson(),
            [SpecialTokenNames.ConfigFile] = WriteTokenizerConfig(config, tokenizer, template.TokenNames),
            [SpecialTokenNames.MapFile] = JsonText.Write(writer =>
            {
                template.TokenNames.WriteTo(writer);
                writer.WriteStartArray("additional_special_tokens");
                foreach (string token in template.TokenNames.Additional)
                {
                    writer.WriteStringValue(token);
                }

                writer.WriteEndArray();
            }),
            [PromptTemplate.FileName] = template.Jinja,
        };
        return texts.ToDictionary(text => text.Key, text => Encoding.UTF8.GetBytes(text.Value));
    }

    /// <summary>
    /// Looks at everything of a directory but the values of its weights: whatever its size, that takes milliseconds and finds missing, truncated and
    /// unsupported files.
    /// </summary>
    /// <exception cref="ModelException">As <see cref="LanguageModel.Load"/> throws.</exception>
    public static void Check(string directory)
    {
        CheckText(directory);
        Safetensors.CheckHeader(FindWeights(directory));
    }

    /// <summary>Looks at configuration, tokenizer and chat template only.</summary>
    /// <exception cref="ModelException">As <see cref="LanguageModel.Load"/> throws.</exception>
    public static void CheckText(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw ModelException.Invalid(directory, "there is no such directory", "Give the path of a Hugging Face model directory.");
        }

        ModelConfig.Load(directory);
        PromptTemplate.Load(directory).Encode(Tokenizer.Load(Path.Combine(directory, TokenizerFile)), "");
    }

    /// <summary>The weights of a directory; what other forms there are is refused by name.</summary>
    internal static string FindWeights(string directory)
    {
        string file = Path.Combine(directory, WeightsFile);
        if (File.Exists(file))
        {
            return file;
        }

        string index = Path.Combine(directory, "model.safetensors.index.json");
        if (File.Exists(index))
        {
            throw ModelException.Unsupported(index, "weights in several files are not supported", $"Merge them into one {WeightsFile}.");
        }

        string? pickle = Directory.EnumerateFiles(directory, "*.bin").Concat(Directory.EnumerateFiles(directory, "*.pt")).Order(StringComparer.Ordinal).FirstOrDefault();
        throw pickle is null
            ? ModelException.Missing(file)
            : ModelException.Unsupported(pickle, "PyTorch pickles are never loaded, because they can run code", $"Convert the weights to {WeightsFile}.");
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
