using System.Buffers.Binary;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>Label records as bytes, version 2, as docs/soft-label-format.md specifies them.</summary>
public static class LabelRecordCodec
{
    /// <summary>The most bytes that a record takes besides its sequences.</summary>
    public const int EnvelopeSize = 5 + (4 * 16) + (3 * (2 + MostNameBytes)) + 1 + 3 + sizeof(double) + 5 + 5 + RecordWriter.ChecksumSize;

    private const uint Magic = 0x5246584C; // "RFXL"
    private const byte Version = 2;
    private const int HeadSize = sizeof(uint) + 1 + 16;
    private const int MostNameBytes = 256;
    private static readonly int PartCount = Enum.GetValues<RecordPart>().Length;

    // a prompt topic of its own and the longest index of it
    private const int MostTopicSize = 16 + 4;

    // ids, flags, prompt position and sample, lengths, coding, and a body of two tokens
    private const int LeastSequenceSize = (2 * Id128.Size) + 1 + 4 + 2 + 3 + 3;

    /// <summary>The record's bytes.</summary>
    /// <exception cref="ArgumentException">The record breaks a rule that <see cref="Decode"/> would refuse it for; the message names the field.</exception>
    public static byte[] Encode(LabelRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Guard(LabelRules.FirstIn(record.Labels), -1);
        ArgumentOutOfRangeException.ThrowIfZero(record.Sequences.Count);
        var topics = record.Sequences.Select(sequence => sequence.Prompt.Log.Topic).Distinct().ToList();

        var writer = new RecordWriter(Magic, Version, EnvelopeSize + (32 * record.Sequences.Sum(sequence => sequence.Tokens.Length)));
        writer.Uuid(record.LogTopic);
        writer.Id(record.RecordId);
        writer.Uuid(record.LaneId);
        writer.Uuid(record.TeacherId);
        writer.Text(record.TeacherRevision, MostNameBytes);
        writer.Text(record.TokenizerHash, MostNameBytes);
        writer.Text(record.TemplateHash, MostNameBytes);
        writer.Byte((byte)record.Labels.Kind);
        writer.Varint(record.Labels.Size);
        writer.Float64(record.Labels.Temperature);
        writer.Varint(topics.Count);
        topics.ForEach(writer.Uuid);
        writer.Varint(record.Sequences.Count);
        var sequences = new LabelledSequenceWriter(writer, record.Labels);
        for (var i = 0; i < record.Sequences.Count; i++)
        {
            Guard(LabelRules.FirstIn(record.Sequences[i], record.Labels), i);
            sequences.Write(record.Sequences[i], topics.IndexOf(record.Sequences[i].Prompt.Log.Topic));
        }

        return writer.Finish();
    }

    /// <summary>The topic that a record was written for, as its first bytes say, unchecked; null where they are not a label record's.</summary>
    public static Guid? LogTopicOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length > HeadSize && BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic && bytes[4] == Version ? new Guid(bytes[5..HeadSize], bigEndian: true) : null;

    /// <summary>Reads a record's bytes.</summary>
    /// <param name="bytes">The record as it stands in the log.</param>
    /// <param name="vocabulary">V where it is known: ids must lie below it.</param>
    /// <param name="buffers">Where the labels go, valid until the next record is decoded there; without it they get arrays of their own.</param>
    /// <exception cref="DecodeException">They are not a valid label record; it names the field and the dead letter's reason.</exception>
    public static LabelRecord Decode(ReadOnlyMemory<byte> bytes, int vocabulary = int.MaxValue, LabelBuffers? buffers = null) =>
        Decode(bytes.Span, vocabulary, buffers, new long[PartCount]);

    /// <summary>Reads a record's bytes and says what they are spent on: bits by <see cref="RecordPart"/>.</summary>
    /// <exception cref="DecodeException">They are not a valid label record.</exception>
    public static (LabelRecord Record, IReadOnlyDictionary<RecordPart, long> Bits) Measure(ReadOnlyMemory<byte> bytes, int vocabulary = int.MaxValue)
    {
        var bits = new long[PartCount];
        var record = Decode(bytes.Span, vocabulary, buffers: null, bits);
        bits[(int)RecordPart.Envelope] = (bytes.Length * 8L) - bits.Sum();
        return (record, Enum.GetValues<RecordPart>().ToDictionary(part => part, part => bits[(int)part]));
    }

    private static LabelRecord Decode(ReadOnlySpan<byte> bytes, int vocabulary, LabelBuffers? buffers, long[] bitsByPart)
    {
        buffers?.Reset();
        var reader = new RecordReader(bytes, Magic, Version);
        var header = new LabelRecord
        {
            LogTopic = reader.Uuid("log topic"),
            RecordId = reader.Id("record id"),
            LaneId = reader.Uuid("lane id"),
            TeacherId = reader.Uuid("teacher id"),
            TeacherRevision = reader.Text("teacher revision", MostNameBytes),
            TokenizerHash = reader.Text("tokenizer hash", MostNameBytes),
            TemplateHash = reader.Text("template hash", MostNameBytes),
            Labels = new LabelSpec(
                (LabelKind)reader.Byte("label kind"), (int)reader.Number("label size", 1, LabelRules.MostSize), reader.Float64("temperature")),
            Sequences = [],
        };
        if (LabelRules.FirstIn(header.Labels) is { } broken)
        {
            throw reader.Fail(broken.Field, broken.Problem, broken.Reason);
        }

        var topics = new Guid[reader.Count("prompt topics", 1, 16)];
        for (var i = 0; i < topics.Length; i++)
        {
            topics[i] = reader.Uuid("prompt topics");
        }

        var sequences = new LabelledSequence[reader.Count("sequences", 1, LeastSequenceSize)];
        var sequenceReader = new LabelledSequenceReader(topics, header.Labels, vocabulary, buffers, bitsByPart);
        for (var i = 0; i < sequences.Length; i++)
        {
            reader.Sequence = i;
            sequences[i] = sequenceReader.Read(ref reader);
        }

        reader.Sequence = -1;
        reader.End();
        return header with { Sequences = sequences };
    }

    /// <summary>The most bytes that a sequence adds to a record.</summary>
    public static int EncodedSize(LabelledSequence sequence, LabelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        Guard(LabelRules.FirstIn(sequence, spec), -1);
        var writer = new RecordWriter(Magic, Version, 4096);
        var before = writer.Length;
        new LabelledSequenceWriter(writer, spec).Write(sequence, topic: 0);
        return writer.Length - before + MostTopicSize;
    }

    private static void Guard(LabelRules.Violation? violation, int sequence)
    {
        if (violation is { } broken)
        {
            throw new ArgumentException($"{(sequence < 0 ? "" : $"sequences[{sequence}].")}{broken.Field} {broken.Problem}.");
        }
    }
}
