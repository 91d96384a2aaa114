using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Gguf;

/// <summary>
/// Writes a GGUF file, version 3: metadata, a table of tensors, their values one after another. A tensor is converted piece by piece, so that
/// no second copy of it is needed. Source: docs/gguf.md of the ggml project.
/// </summary>
internal static class GgufWriter
{
    public const int Alignment = 32;

    private const uint Version = 3;
    private const long PieceElements = 1 << 22;

    /// <exception cref="ModelException">A number is too large for its tensor's type; <paramref name="source"/> and the tensor are named.</exception>
    public static void Write(Stream stream, GgufMetadata metadata, IReadOnlyList<GgufTensor> tensors, string source, CancellationToken cancellation)
    {
        using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        metadata.WriteTo(writer);
        long offset = 0;
        foreach (GgufTensor tensor in tensors)
        {
            GgufMetadata.WriteText(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Length);
            foreach (long length in tensor.Shape.Reverse())
            {
                writer.Write((ulong)length);
            }

            writer.Write((uint)tensor.Type);
            writer.Write((ulong)offset);
            offset += tensor.Bytes + PaddingAfter(tensor.Bytes);
        }

        writer.Flush();
        stream.Write(new byte[PaddingAfter(stream.Position)]);
        foreach (GgufTensor tensor in tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            WriteValues(stream, tensor, source);
            stream.Write(new byte[PaddingAfter(tensor.Bytes)]);
        }
    }

    private static long PaddingAfter(long length) => (Alignment - (length % Alignment)) % Alignment;

    private static void WriteValues(Stream stream, GgufTensor tensor, string source)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        long width = tensor.Shape[^1];
        Tensor rows = tensor.Values().reshape(-1, width);
        long count = rows.size(0);
        long step = Math.Max(1, PieceElements / width);
        for (long start = 0; start < count; start += step)
        {
            using var pieceScope = NewDisposeScope();
            Tensor piece = rows.narrow(0, start, Math.Min(step, count - start)).to_type(ScalarType.Float32).cpu().contiguous();
            if (!TryWrite(stream, piece, tensor.Type))
            {
                throw ModelException.Unsupported(
                    source, $"the tensor '{tensor.Name}' holds numbers too large for {tensor.Type.Name}", "Export it as bf16 or f32.");
            }
        }
    }

    // false where a number has no finite value in the type
    private static bool TryWrite(Stream stream, Tensor piece, GgufType type)
    {
        if (type == GgufType.Q8)
        {
            byte[]? blocks = Q8Blocks.Encode(MemoryMarshal.Cast<byte, float>(piece.bytes));
            stream.Write(blocks);
            return blocks is not null;
        }

        Tensor stored = piece.to_type(type switch
        {
            GgufType.F16 => ScalarType.Float16,
            GgufType.BF16 => ScalarType.BFloat16,
            _ => ScalarType.Float32,
        });
        stream.Write(stored.bytes);
        return stored.isfinite().all().item<bool>();
    }
}
