namespace Reflux.Models.Gguf;

/// <summary>Writes a model as one GGUF file, which llama.cpp and what is built on it load.</summary>
public static class GgufFile
{
    private const int QuantizationVersion = 2;

    /// <summary>Writes weights, shape, tokenizer and chat template.</summary>
    /// <param name="stream">At its beginning.</param>
    /// <param name="model">Only read.</param>
    /// <param name="type">How matrices are stored.</param>
    /// <param name="name">What the file calls the model; also names it in errors.</param>
    /// <param name="cancellation">Asked before each tensor.</param>
    /// <exception cref="ModelException">The model needs something that llama.cpp ignores (before anything is written), or a number is too large for the type.</exception>
    public static GgufReport Write(Stream stream, LanguageModel model, GgufType type, string name, CancellationToken cancellation = default)
    {
        (GgufMetadata metadata, IReadOnlyList<string> differences) = MetadataOf(model, type, name);
        IReadOnlyList<GgufTensor> tensors = GgufTensors.Of(model.Decoder, type);
        GgufWriter.Write(stream, metadata, tensors, name, cancellation);
        string[] kept = type == GgufType.Q8 ? [.. tensors.Where(tensor => tensor.Type == GgufType.F16).Select(tensor => tensor.Name)] : [];
        return new GgufReport(stream.Position, tensors.Count, kept, differences);
    }

    private static (GgufMetadata Metadata, IReadOnlyList<string> Differences) MetadataOf(LanguageModel model, GgufType type, string name)
    {
        string architecture = GgufArchitecture.NameOf(model.Config, name);
        GgufMetadata metadata = new();
        metadata.Add("general.architecture", architecture);
        metadata.Add("general.type", "model");
        metadata.Add("general.name", name);
        metadata.Add("general.alignment", GgufWriter.Alignment);
        metadata.Add("general.file_type", FileTypeOf(type));
        metadata.Add("general.quantization_version", QuantizationVersion);
        GgufArchitecture.Describe(metadata, architecture, model.Config);
        IReadOnlyList<string> differences = GgufVocabulary.Describe(metadata, model, name);
        if (model.HasTemplate)
        {
            metadata.Add("tokenizer.chat_template", model.Template.Jinja);
        }

        return (metadata, differences);
    }

    // llama.cpp's number for "mostly of this type"
    private static int FileTypeOf(GgufType type) => type switch
    {
        GgufType.F32 => 0,
        GgufType.F16 => 1,
        GgufType.Q8 => 7,
        GgufType.BF16 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
