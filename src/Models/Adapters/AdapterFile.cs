using System.Text.Json;
using Reflux.Models.Json;
using Reflux.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Adapters;

/// <summary>
/// The adapter of a snapshot, in one file beside the merged weights: PEFT's tensors, with PEFT's configuration among the file's metadata. PEFT's own
/// names stay free, since loaders take a directory that has them for an adapter and look for no weights.
/// </summary>
public static class AdapterFile
{
    /// <summary>The file's name in a model directory.</summary>
    public const string FileName = "adapter.safetensors";

    private const string ConfigName = "adapter_config";

    /// <summary>Writes the file, in float32.</summary>
    /// <param name="stream">At its beginning.</param>
    /// <param name="config">The adapter's shape; names its base by the digest of its weights.</param>
    /// <param name="parameters">As <see cref="LoraAdapter.Parameters"/>.</param>
    public static void Write(Stream stream, LoraConfig config, IReadOnlyDictionary<string, Tensor> parameters) => Safetensors.Write(
        stream,
        parameters.ToDictionary(parameter => PeftDirectory.Prefix + parameter.Key, parameter => parameter.Value),
        new Dictionary<string, string> { ["format"] = "pt", [ConfigName] = PeftConfigJson.Write(config) });

    /// <summary>Writes the adapter of a snapshot as PEFT stores one.</summary>
    /// <param name="modelDirectory">Holds the file.</param>
    /// <param name="target">Created where it is missing.</param>
    /// <param name="baseModel">What the adapter's base is called where it will be loaded; the weights of one that is a directory here are compared with the base's.</param>
    /// <param name="dtype">Float32, Float16 or BFloat16.</param>
    /// <exception cref="ModelException">There is no adapter, it is malformed, or <paramref name="baseModel"/> is another one than it was trained on.</exception>
    public static void WritePeft(string modelDirectory, string target, string baseModel, ScalarType dtype)
    {
        string path = Path.Combine(modelDirectory, FileName);
        if (!File.Exists(path))
        {
            throw ModelException.Invalid(path, "this model has no adapter", "Export a snapshot of a student that trains one (`lora` in its spec), or take --format hf for the whole model.");
        }

        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        LoraConfig config = ReadConfig(path, file.Header.Metadata);
        if (Directory.Exists(baseModel) && ModelDirectory.ComputeRevision(baseModel) != config.BaseModel)
        {
            throw ModelException.Invalid(path, $"the adapter belongs to another base than '{baseModel}'", "Name the base that the student was trained on.");
        }

        Dictionary<string, Tensor> parameters = [];
        foreach (SafetensorsEntry entry in file.Header.Entries)
        {
            if (!entry.Name.StartsWith(PeftDirectory.Prefix, StringComparison.Ordinal))
            {
                throw SafetensorsHeader.Malformed(path, $"tensor '{entry.Name}' belongs to no adapter");
            }

            Tensor value = file.Read(entry, CPU, dtype);
            scope.Attach(value);
            parameters.Add(entry.Name[PeftDirectory.Prefix.Length..], value);
        }

        PeftDirectory.Write(target, config with { BaseModel = baseModel }, parameters, dtype);
    }

    private static LoraConfig ReadConfig(string path, IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(metadata.GetValueOrDefault(ConfigName, ""));
            return PeftConfigJson.Read(new JsonFields(path, document.RootElement.Clone()));
        }
        catch (JsonException error)
        {
            throw ModelException.Invalid(path, "its metadata holds no adapter_config", "Pull the snapshot again.", error);
        }
    }
}
