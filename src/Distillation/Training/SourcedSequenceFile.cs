using System.Text;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Training;

/// <summary>Sequences on disk, inside a checkpoint: each run of sequences from one record as a label record of its own, so that the codec's checks stand here too.</summary>
internal static class SourcedSequenceFile
{
    public static byte[] Encode(IReadOnlyList<SourcedSequence> sequences)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        for (var from = 0; from < sequences.Count;)
        {
            var first = sequences[from];
            var run = sequences.Skip(from).TakeWhile(sequence => ReferenceEquals(sequence.Origin, first.Origin)).ToArray();
            var record = LabelRecordCodec.Encode(first.Origin with { Sequences = [.. run.Select(sequence => sequence.Sequence)] });
            writer.Write(first.Record.Log.Topic.ToByteArray(bigEndian: true));
            writer.Write(first.Record.Log.Partition);
            writer.Write(first.Record.Offset);
            writer.Write(record.Length);
            writer.Write(record);
            foreach (var sequence in run)
            {
                writer.Write(sequence.Index);
            }

            from += run.Length;
        }

        writer.Flush();
        return memory.ToArray();
    }

    /// <exception cref="DecodeException">A record is damaged.</exception>
    /// <exception cref="IOException">The file is cut.</exception>
    public static IReadOnlyList<SourcedSequence> Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        var sequences = new List<SourcedSequence>();
        while (reader.BaseStream.Position < bytes.Length)
        {
            var topic = new Guid(reader.ReadBytes(16), bigEndian: true);
            var position = new Position(new LogId(topic, reader.ReadInt32()), reader.ReadInt64());
            var record = LabelRecordCodec.Decode(reader.ReadBytes(reader.ReadInt32()));
            var origin = record with { Sequences = [] };
            sequences.AddRange(record.Sequences.Select(sequence => new SourcedSequence(origin, position, reader.ReadInt32(), sequence)));
        }

        return sequences;
    }
}
