using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Weights;

/// <summary>Reads and writes safetensors files: named tensors behind a JSON header.</summary>
public static class Safetensors
{
    private const int BufferBytes = 1 << 20;

    /// <summary>All tensors of a file, in their stored type, outside of any dispose scope: the caller owns them.</summary>
    /// <exception cref="ModelException">The file is missing, malformed or truncated, or a tensor holds NaN or infinity; the message names file and tensor.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path, Device device)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SortedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        try
        {
            foreach (SafetensorsEntry entry in file.Header.Entries)
            {
                tensors.Add(entry.Name, file.Read(entry, device));
            }

            return tensors;
        }
        catch
        {
            foreach (Tensor tensor in tensors.Values)
            {
                tensor.Dispose();
            }

            throw;
        }
    }

    /// <summary>
    /// Writes tensors one by one: wider types first, then by name, so that every tensor is aligned and the same tensors give the same bytes.
    /// </summary>
    /// <param name="stream">Written from its position on.</param>
    /// <param name="tensors">Only read.</param>
    /// <param name="metadata">Texts for the header.</param>
    /// <param name="dtype">What every tensor is cast to on its way; null stores each as it is.</param>
    /// <exception cref="ArgumentException">A tensor's type can't be stored, or a tensor is called <c>__metadata__</c>.</exception>
    public static void Write(
        Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null, ScalarType? dtype = null)
    {
        KeyValuePair<string, Tensor>[] ordered =
        [
            .. tensors.OrderByDescending(tensor => SafetensorsHeader.SizeOf(dtype ?? tensor.Value.dtype)).ThenBy(tensor => tensor.Key, StringComparer.Ordinal),
        ];
        byte[] header = CreateHeader(ordered, metadata, dtype);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            tensor.detach().to_type(dtype ?? tensor.dtype).cpu().contiguous().WriteBytesToStream(stream, BufferBytes);
        }
    }

    private static byte[] CreateHeader(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string>? metadata, ScalarType? dtype)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            WriteMetadata(writer, metadata);
            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                ScalarType stored = dtype ?? tensor.dtype;
                long end = offset + (tensor.NumberOfElements * SafetensorsHeader.SizeOf(stored));
                writer.WriteStartObject(name == "__metadata__" ? throw new ArgumentException("A tensor can't be called __metadata__.", nameof(tensors)) : name);
                writer.WriteString("dtype", SafetensorsHeader.NameOf(stored));
                WriteNumbers(writer, "shape", tensor.shape);
                WriteNumbers(writer, "data_offsets", [offset, end]);
                writer.WriteEndObject();
                offset = end;
            }

            writer.WriteEndObject();
        }

        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        writer.WriteStartObject("__metadata__");
        foreach ((string name, string value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, long[] numbers)
    {
        writer.WriteStartArray(name);
        foreach (long number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
