using System.Text;
using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using Reflux.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Adapters;

/// <summary>A LoRA adapter as PEFT stores it: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class PeftDirectory
{
    /// <summary>The name of the configuration.</summary>
    public const string ConfigFile = "adapter_config.json";

    /// <summary>The name of the weights.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    internal const string Prefix = "base_model.model.";

    /// <summary>Writes an adapter.</summary>
    /// <param name="directory">Created where it is missing; files of the same names are replaced.</param>
    /// <param name="adapter">Only read.</param>
    /// <param name="dtype">Of the stored tensors: Float32, Float16 or BFloat16.</param>
    /// <exception cref="ModelException">The directory can't be written.</exception>
    public static void Write(string directory, LoraAdapter adapter, ScalarType dtype = ScalarType.Float32) => Write(directory, adapter.Config, adapter.Parameters, dtype);

    internal static void Write(string directory, LoraConfig config, IReadOnlyDictionary<string, Tensor> parameters, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(Path.Combine(directory, ConfigFile), Encoding.UTF8.GetBytes(PeftConfigJson.Write(config)));
            using FileStream stream = new(Path.Combine(directory, WeightsFile), FileMode.Create, FileAccess.Write, FileShare.None);
            Safetensors.Write(
                stream,
                parameters.ToDictionary(parameter => Prefix + parameter.Key, parameter => parameter.Value.detach().to_type(dtype)),
                new Dictionary<string, string> { ["format"] = "pt" });
            stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ModelException.Invalid(directory, $"can't be written ({error.GetType().Name})", "Give a directory that this user may write and that has room.", error);
        }
    }

    /// <summary>Reads an adapter for a base.</summary>
    /// <param name="directory">With both files.</param>
    /// <param name="decoder">The base; only its shape, element type and device count.</param>
    /// <param name="baseModel">What the base is called; null where that is not known. An adapter that names another one is refused.</param>
    /// <exception cref="ModelException">A file is missing, malformed or asks for something unsupported, or the adapter belongs to another base; the message says which.</exception>
    public static LoraAdapter Load(string directory, CausalDecoder decoder, string? baseModel = null)
    {
        string file = Path.Combine(directory, ConfigFile);
        LoraConfig config = PeftConfigJson.Read(file);
        if (baseModel is not null && config.BaseModel is { Length: > 0 } named && !SameName(named, baseModel))
        {
            throw ModelException.Invalid(file, $"the adapter belongs to the base '{named}', not to '{baseModel}'", "Load the base that it was trained on; if that is this one, correct base_model_name_or_path.");
        }

        SortedDictionary<string, long[]> shapes;
        try
        {
            shapes = LoraAdapter.ShapesOf(config, decoder);
        }
        catch (RefluxException error)
        {
            throw ModelException.Invalid(file, $"the adapter does not fit this base: {error.Message}", "Load the base that it was trained on.", error);
        }

        return LoraAdapter.FromParameters(config, decoder, ReadTensors(directory, shapes, decoder));
    }

    private static Dictionary<string, Tensor> ReadTensors(string directory, SortedDictionary<string, long[]> shapes, CausalDecoder decoder)
    {
        using var scope = NewDisposeScope();
        string file = Path.Combine(directory, WeightsFile);
        if (!File.Exists(file) && File.Exists(Path.Combine(directory, "adapter_model.bin")))
        {
            throw ModelException.Unsupported(Path.Combine(directory, "adapter_model.bin"), "PyTorch pickles are never loaded, because they can run code", $"Convert the adapter to {WeightsFile}.");
        }

        IReadOnlyDictionary<string, Tensor> stored = Safetensors.Read(file, decoder.Device);
        scope.Attach(stored.Values);
        if (stored.Keys.FirstOrDefault(name => !name.StartsWith(Prefix, StringComparison.Ordinal)) is { } foreign)
        {
            throw ModelException.Invalid(file, $"tensor '{foreign}' is not named as PEFT names an adapter's ({Prefix}…)", "Save the adapter with PEFT again.");
        }

        Dictionary<string, Tensor> parameters = stored.ToDictionary(tensor => tensor.Key[Prefix.Length..], tensor => tensor.Value);
        if (LoraAdapter.FindFault(shapes, parameters) is { } fault)
        {
            throw ModelException.Invalid(file, fault, "Load the base that the adapter was trained on, with the files of one and the same adapter.");
        }

        return parameters.ToDictionary(
            parameter => parameter.Key, parameter => parameter.Value.to_type(decoder.HeadWeight.dtype).clone().DetachFromDisposeScope());
    }

    private static bool SameName(string one, string other) => one.TrimEnd('/') == other.TrimEnd('/');
}
