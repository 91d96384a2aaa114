using System.Buffers.Binary;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Weights;

/// <summary>An open safetensors file whose header has been checked; its tensors are read one at a time.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly FileStream _stream;
    private readonly long _dataStart;

    private SafetensorsFile(string path, FileStream stream, SafetensorsHeader header) =>
        (Path, _stream, Header, _dataStart) = (path, stream, header, stream.Position);

    public string Path { get; }

    public SafetensorsHeader Header { get; }

    /// <exception cref="ModelException">The file is missing, malformed or truncated; nothing was allocated for its tensors.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream = ModelFile.OpenRead(path);
        try
        {
            return new SafetensorsFile(path, stream, ReadHeader(path, stream));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>One tensor, outside of any dispose scope. Its stored form is released before this returns.</summary>
    /// <param name="entry">One of this file's.</param>
    /// <param name="device">Where it goes.</param>
    /// <param name="dtype">What it becomes; null keeps the stored type.</param>
    /// <exception cref="ModelException">It is truncated, or holds NaN, infinity or a number that <paramref name="dtype"/> can't.</exception>
    public Tensor Read(SafetensorsEntry entry, Device device, ScalarType? dtype = null)
    {
        using var scope = NewDisposeScope();
        Tensor stored = empty(entry.Shape, entry.Dtype, CPU);
        _stream.Position = _dataStart + entry.Begin;
        try
        {
            stored.ReadBytesFromStream(_stream, BufferBytes);
        }
        catch (EndOfStreamException error)
        {
            throw SafetensorsHeader.Malformed(Path, $"tensor '{entry.Name}' is truncated", error);
        }

        Tensor value = stored.to_type(dtype ?? entry.Dtype);
        return !value.is_floating_point() || value.isfinite().all().item<bool>()
            ? value.to(device).DetachFromDisposeScope()
            : throw SafetensorsHeader.Malformed(Path, $"tensor '{entry.Name}' holds NaN or infinity");
    }

    public void Dispose() => _stream.Dispose();

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
}
