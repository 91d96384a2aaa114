using System.Globalization;
using System.Text.Json;
using Reflux.Models.Json;

namespace Reflux.Models.Weights;

/// <summary><c>model.safetensors.index.json</c>: which shard holds which tensor.</summary>
/// <param name="Shards">The tensor names of each file, both in ordinal order.</param>
/// <param name="TotalBytes">The bytes of all tensors together, where the index says so.</param>
internal sealed record WeightIndex(IReadOnlyDictionary<string, SortedSet<string>> Shards, long? TotalBytes)
{
    public const string FileName = "model.safetensors.index.json";

    private static readonly HashSet<string> Fields = ["metadata", "weight_map"];

    /// <exception cref="ModelException">It is malformed, or names a file that is not beside it.</exception>
    public static WeightIndex Read(string file)
    {
        JsonFields fields = JsonFields.Read(file);
        fields.OnlyThese(Fields);
        JsonFields map = fields.Object("weight_map");
        SortedDictionary<string, SortedSet<string>> shards = new(StringComparer.Ordinal);
        foreach (string tensor in map.Names)
        {
            string shard = map.Text(tensor);
            if (shard != Path.GetFileName(shard) || shard.Contains('\\') || !shard.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                throw fields.Invalid($"tensor '{tensor}' is said to be in '{shard}', which names no safetensors file of this directory");
            }

            if (!shards.TryGetValue(shard, out SortedSet<string>? names))
            {
                shards.Add(shard, names = new SortedSet<string>(StringComparer.Ordinal));
            }

            names.Add(tensor);
        }

        return shards.Count > 0
            ? new WeightIndex(shards, ReadTotal(fields))
            : throw fields.Invalid("'weight_map' names no tensor");
    }

    /// <summary>The text of an index.</summary>
    public string ToJson() => JsonText.Write(writer =>
    {
        writer.WriteStartObject("metadata");
        if (TotalBytes is { } total)
        {
            writer.WriteNumber("total_size", total);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("weight_map");
        foreach ((string tensor, string shard) in Shards.SelectMany(shard => shard.Value.Select(tensor => (tensor, shard.Key))).OrderBy(pair => pair.tensor, StringComparer.Ordinal))
        {
            writer.WriteString(tensor, shard);
        }

        writer.WriteEndObject();
    });

    /// <summary>The usual name of the shard with this number, from 1.</summary>
    public static string ShardName(int number, int count) => string.Create(CultureInfo.InvariantCulture, $"model-{number:D5}-of-{count:D5}.safetensors");

    private static long? ReadTotal(JsonFields fields)
    {
        if (!fields.Has("metadata") || !fields.Object("metadata").Has("total_size"))
        {
            return null;
        }

        // some writers store it as a floating-point number
        JsonElement total = fields.Object("metadata").Required("total_size");
        return total.ValueKind == JsonValueKind.Number && total.TryGetDouble(out double number) && number >= 0 && number < 1L << 53 && Math.Floor(number) == number
            ? (long)number
            : throw fields.Invalid("'metadata.total_size' is not a number of bytes");
    }
}
