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
        using FileStream stream = ModelFile.OpenRead(path);
        SafetensorsHeader header = ReadHeader(path, stream);
        SortedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        try
        {
            foreach (SafetensorsEntry entry in header.Entries)
            {
                tensors.Add(entry.Name, ReadTensor(path, stream, entry, device));
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

    /// <summary>Reads the header only: a malformed or truncated file is found without its tensors.</summary>
    /// <exception cref="ModelException">The file is missing, malformed or truncated.</exception>
    public static void CheckHeader(string path)
    {
        using FileStream stream = ModelFile.OpenRead(path);
        ReadHeader(path, stream);
    }

    /// <summary>
    /// Writes tensors: wider types first, then by name, so that every tensor is aligned and the same tensors give the same bytes.
    /// </summary>
    /// <exception cref="ArgumentException">A tensor's type can't be stored, or a tensor is called <c>__metadata__</c>.</exception>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        KeyValuePair<string, Tensor>[] ordered =
        [
            .. tensors.OrderByDescending(tensor => SafetensorsHeader.SizeOf(tensor.Value.dtype)).ThenBy(tensor => tensor.Key, StringComparer.Ordinal),
        ];
        byte[] header = CreateHeader(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            tensor.detach().cpu().contiguous().WriteBytesToStream(stream, BufferBytes);
        }
    }

    private static SafetensorsHeader ReadHeader(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.Length < prefix.Length)
        {
            throw SafetensorsHeader.Malformed(path, $"the file has {stream.Length} bytes, too few for a safetensors file");
        }

        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaximumBytes)
        {
            throw SafetensorsHeader.Malformed(path, $"the header claims {length} bytes, more than the {SafetensorsHeader.MaximumBytes} allowed");
        }

        if ((long)length > stream.Length - prefix.Length)
        {
            throw SafetensorsHeader.Malformed(path, $"the header claims {length} bytes, but the file ends before: it is truncated");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        return SafetensorsHeader.Parse(path, header, stream.Length - stream.Position);
    }

    private static Tensor ReadTensor(string path, FileStream stream, SafetensorsEntry entry, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor tensor = empty(entry.Shape, entry.Dtype, CPU);
        try
        {
            tensor.ReadBytesFromStream(stream, BufferBytes);
        }
        catch (EndOfStreamException error)
        {
            throw SafetensorsHeader.Malformed(path, $"tensor '{entry.Name}' is truncated", error);
        }

        return !tensor.is_floating_point() || tensor.isfinite().all().item<bool>()
            ? tensor.to(device).DetachFromDisposeScope()
            : throw SafetensorsHeader.Malformed(path, $"tensor '{entry.Name}' holds NaN or infinity");
    }

    private static byte[] CreateHeader(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            WriteMetadata(writer, metadata);
            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                long end = offset + (tensor.NumberOfElements * SafetensorsHeader.SizeOf(tensor.dtype));
                writer.WriteStartObject(name == "__metadata__" ? throw new ArgumentException("A tensor can't be called __metadata__.", nameof(tensors)) : name);
                writer.WriteString("dtype", SafetensorsHeader.NameOf(tensor.dtype));
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
