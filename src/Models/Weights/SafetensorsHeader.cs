using System.Text.Json;
using System.Text.Unicode;
using Reflux.Models.Json;
using static TorchSharp.torch;

namespace Reflux.Models.Weights;

/// <summary>
/// The header of a safetensors file, read so that nothing malformed gets through: UTF-8, one object without repeated keys, offsets in order
/// without gaps or overlaps up to the end of the file, and sizes that agree with shape and type. Source: the format's description in the safetensors project.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    public const long MaximumBytes = 100_000_000;

    private const string MetadataName = "__metadata__";

    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["F64"] = ScalarType.Float64,
        ["F32"] = ScalarType.Float32,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64,
        ["I32"] = ScalarType.Int32,
        ["I16"] = ScalarType.Int16,
        ["I8"] = ScalarType.Int8,
        ["U8"] = ScalarType.Byte,
        ["BOOL"] = ScalarType.Bool,
    };

    private static readonly HashSet<string> EntryFields = ["dtype", "shape", "data_offsets"];

    /// <param name="file">Named in errors.</param>
    /// <param name="header">The bytes after the length.</param>
    /// <param name="dataLength">The bytes after the header.</param>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> header, long dataLength)
    {
        if (header.IsEmpty || header.Span[0] != (byte)'{')
        {
            throw Malformed(file, "the header does not begin with '{'");
        }

        if (!Utf8.IsValid(header.Span))
        {
            throw Malformed(file, "the header is not UTF-8");
        }

        JsonFields root = Parse(file, header);
        List<SafetensorsEntry> entries = [];
        foreach (string name in root.Names)
        {
            if (name != MetadataName)
            {
                entries.Add(ReadEntry(file, name, root.Object(name)));
            }
        }

        entries.Sort((a, b) => (a.Begin, a.End, a.Name).CompareTo((b.Begin, b.End, b.Name)));
        long end = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Begin != end)
            {
                throw Malformed(file, $"tensor '{entry.Name}' begins at byte {entry.Begin} of the data, but the one before it ends at {end}");
            }

            end = entry.End;
        }

        return end == dataLength
            ? new SafetensorsHeader(entries, ReadMetadata(root))
            : throw Malformed(file, $"the tensors take {end} bytes, but {dataLength} follow the header: the file is truncated or has a tail");
    }

    public static string NameOf(ScalarType dtype) => Types.FirstOrDefault(type => type.Value == dtype).Key
        ?? throw new ArgumentException($"safetensors does not hold {dtype}.", nameof(dtype));

    public static long SizeOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int16 => 2,
        _ => 1,
    };

    public static ModelException Malformed(string file, string message, Exception? inner = null) =>
        ModelException.Invalid(file, message, "Fetch this file again from where the model came from; it is damaged.", inner);

    private static JsonFields Parse(string file, ReadOnlyMemory<byte> header)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(header);
            return new JsonFields(file, document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            throw Malformed(file, "the header is not valid JSON", error);
        }
    }

    private static SafetensorsEntry ReadEntry(string file, string name, JsonFields fields)
    {
        fields.OnlyThese(EntryFields);
        string type = fields.Text("dtype");
        if (!Types.TryGetValue(type, out ScalarType dtype))
        {
            throw ModelException.Unsupported(file, $"tensor '{name}' has the dtype '{type}', which is not supported", "Store it as F32, F16 or BF16.");
        }

        long[] shape = ReadNumbers(file, name, fields, "shape");
        long[] offsets = ReadNumbers(file, name, fields, "data_offsets");
        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            throw Malformed(file, $"tensor '{name}': data_offsets is not a beginning and an end");
        }

        long bytes = SizeOf(dtype);
        try
        {
            // a zero does not excuse the other dimensions
            long largest = shape.Where(length => length > 0).Aggregate(bytes, (product, length) => checked(product * length));
            bytes = shape.Contains(0) ? 0 : largest;
        }
        catch (OverflowException error)
        {
            throw Malformed(file, $"tensor '{name}': its shape overflows", error);
        }

        return bytes == offsets[1] - offsets[0]
            ? new SafetensorsEntry(name, dtype, shape, offsets[0], offsets[1])
            : throw Malformed(file, $"tensor '{name}': shape and dtype take {bytes} bytes, but data_offsets {offsets[1] - offsets[0]}");
    }

    private static long[] ReadNumbers(string file, string name, JsonFields fields, string field)
    {
        IReadOnlyList<JsonElement> elements = fields.Array(field);
        long[] numbers = new long[elements.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (elements[i].ValueKind != JsonValueKind.Number || !elements[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
            {
                throw Malformed(file, $"tensor '{name}': {field} holds something that is no length");
            }
        }

        return numbers;
    }

    private static SortedDictionary<string, string> ReadMetadata(JsonFields root)
    {
        SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
        if (root.Has(MetadataName))
        {
            JsonFields fields = root.Object(MetadataName);
            foreach (string name in fields.Names)
            {
                metadata.Add(name, fields.Text(name));
            }
        }

        return metadata;
    }
}
