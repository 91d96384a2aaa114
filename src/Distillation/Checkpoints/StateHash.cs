using System.Security.Cryptography;
using System.Text;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;
using Reflux.Models.Weights;
using static TorchSharp.torch;

namespace Reflux.Distillation.Checkpoints;

/// <summary>
/// One name for everything that a trainer's next step depends on: SHA-256, 64 lower-case hex digits. No name or id of a student, lane or teacher enters, so
/// two students of one spec, base and log have the same hash at the same position. Its order of bytes stands in <c>docs/log.md</c>.
/// </summary>
internal static class StateHash
{
    private const string Form = "reflux-state-1\n";

    /// <summary>Reads every tensor once; some 500 MB/s and more on one thread.</summary>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="next">The next record to read; null for the start of the log.</param>
    /// <param name="weights">What is trained, by name.</param>
    /// <param name="optimizer">The optimizer's moments, by name.</param>
    /// <param name="dedupe">The dedupe window's bytes.</param>
    /// <param name="pending">Sequences that are consumed and wait for a full step, by where they stand in the log: that names their content.</param>
    public static string Of(
        long step,
        Position? next,
        IReadOnlyDictionary<string, Tensor> weights,
        IReadOnlyDictionary<string, Tensor> optimizer,
        ReadOnlySpan<byte> dedupe,
        IReadOnlyCollection<SourcedSequence> pending)
    {
        using var sha = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            writer.Write(Encoding.ASCII.GetBytes(Form));
            writer.Write(step);
            writer.Write(next is not null);
            Write(writer, next ?? default);
            writer.Flush();
            Safetensors.Write(stream, weights);
            Safetensors.Write(stream, optimizer);
            writer.Write(dedupe.Length);
            writer.Write(dedupe);
            writer.Write(pending.Count);
            foreach (var sequence in pending)
            {
                Write(writer, sequence.Record);
                writer.Write(sequence.Index);
                writer.Write(sequence.Sequence.SequenceId.ToBytes());
            }
        }

        return Convert.ToHexStringLower(sha.Hash!);
    }

    private static void Write(BinaryWriter writer, Position position)
    {
        writer.Write(position.Log.Topic.ToByteArray(bigEndian: true));
        writer.Write(position.Log.Partition);
        writer.Write(position.Offset);
    }
}
