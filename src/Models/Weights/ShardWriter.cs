using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Weights;

/// <summary>Writes the weights of a model directory: one file where they fit, otherwise shards and their index.</summary>
internal static class ShardWriter
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Replaces the weights that a directory has; a tensor larger than the limit is a shard of its own.</summary>
    /// <param name="directory">Exists.</param>
    /// <param name="parameters">Only read.</param>
    /// <param name="dtype">What they are stored as.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file.</param>
    public static void Write(string directory, IReadOnlyDictionary<string, Tensor> parameters, ScalarType dtype, long maxShardBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardBytes, 1);
        List<Dictionary<string, Tensor>> shards = Split(parameters, dtype, maxShardBytes);
        string[] names = shards.Count == 1
            ? [ModelDirectory.WeightsFile]
            : [.. Enumerable.Range(1, shards.Count).Select(number => WeightIndex.ShardName(number, shards.Count))];
        DeleteOthers(directory, names);
        for (int i = 0; i < shards.Count; i++)
        {
            using FileStream stream = new(Path.Combine(directory, names[i]), FileMode.Create, FileAccess.Write, FileShare.None);
            Write(stream, shards[i], dtype);
            stream.Flush(flushToDisk: true);
        }

        if (shards.Count > 1)
        {
            Dictionary<string, SortedSet<string>> tensors = names.Zip(shards).ToDictionary(
                pair => pair.First, pair => new SortedSet<string>(pair.Second.Keys, StringComparer.Ordinal));
            WeightIndex index = new(tensors, parameters.Values.Sum(parameter => BytesOf(parameter, dtype)));
            File.WriteAllText(Path.Combine(directory, WeightIndex.FileName), index.ToJson());
        }
    }

    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> parameters, ScalarType dtype) =>
        Safetensors.Write(stream, parameters, Metadata, dtype);

    private static List<Dictionary<string, Tensor>> Split(IReadOnlyDictionary<string, Tensor> parameters, ScalarType dtype, long maxShardBytes)
    {
        List<Dictionary<string, Tensor>> shards = [];
        long used = 0;
        foreach ((string name, Tensor parameter) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            long bytes = BytesOf(parameter, dtype);
            if (shards.Count == 0 || bytes > maxShardBytes - used)
            {
                shards.Add([]);
                used = 0;
            }

            shards[^1].Add(name, parameter);
            used += bytes;
        }

        return shards;
    }

    private static long BytesOf(Tensor parameter, ScalarType dtype) => parameter.NumberOfElements * SafetensorsHeader.SizeOf(dtype);

    /// <summary>A reader must not find the weights of before beside the new ones.</summary>
    private static void DeleteOthers(string directory, string[] names)
    {
        string index = Path.Combine(directory, WeightIndex.FileName);
        IEnumerable<string> old = File.Exists(index) ? WeightIndex.Read(index).Shards.Keys : [];
        foreach (string name in old.Append(ModelDirectory.WeightsFile).Append(WeightIndex.FileName).Except(names))
        {
            File.Delete(Path.Combine(directory, name));
        }
    }
}
