using Reflux.Models.Decoders;
using Reflux.Models.Weights;

namespace Reflux.Models;

/// <summary>What a model directory holds, found without reading a weight.</summary>
/// <param name="Config">Its shape and options.</param>
/// <param name="Parameters">Numbers that are trained; a tied head counts once.</param>
/// <param name="Tensors">What its files store, in their order.</param>
public sealed record ModelInspection(ModelConfig Config, long Parameters, IReadOnlyList<StoredTensor> Tensors)
{
    private const int Float32Bytes = sizeof(float);

    /// <summary>Bytes of all stored tensors.</summary>
    public long StoredBytes => Tensors.Sum(tensor => tensor.Bytes);

    /// <summary>Bytes to hold parameters, gradients and AdamW's two moments in float32. What a batch computes comes on top.</summary>
    public long TrainingBytes => 4 * Float32Bytes * Parameters;

    /// <summary>Bytes to hold the parameters in float32.</summary>
    public long ServingBytes => Float32Bytes * Parameters;

    /// <summary>Bytes that generation holds besides, for each token of each sequence: its keys and values in float32.</summary>
    public long CacheBytesPerToken => 2L * Float32Bytes * Config.Layers * Config.KeyValueHeads * Config.HeadDim;

    /// <summary>Reads <c>config.json</c> and the headers of the weights, and checks them against each other.</summary>
    /// <exception cref="ModelException">As <see cref="LanguageModel.Load"/> throws; tokenizer and chat template are not looked at.</exception>
    public static ModelInspection Of(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw ModelException.Invalid(directory, "there is no such directory", "Give the path of a Hugging Face model directory.");
        }

        ModelConfig config = ModelConfig.Load(directory);
        using WeightFiles weights = WeightFiles.Open(directory);
        weights.CheckAgainst(config);
        return new ModelInspection(
            config,
            ParameterLayout.ShapesOf(config).Values.Sum(shape => shape.Aggregate(1L, (product, length) => product * length)),
            [.. weights.Entries.Select(stored => new StoredTensor(
                stored.Entry.Name, SafetensorsHeader.NameOf(stored.Entry.Dtype), stored.Entry.Shape, stored.Entry.End - stored.Entry.Begin, Path.GetFileName(stored.File.Path)))]);
    }
}
