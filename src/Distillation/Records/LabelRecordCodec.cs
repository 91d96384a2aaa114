using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>
/// Label records as bytes, version 1: magic "RFXL", version, log topic UUID, record id, lane id, teacher id, teacher revision, tokenizer hash,
/// template hash, label kind, N, T, the UUIDs of the prompt topics met, the sequences, CRC-32C. A sequence is its ids, flags, prompt position,
/// tokens, and for each labelled position: the number of distinct ids, the ids ascending as gaps, their counts, H(p) in fp16 and, on the
/// holdout, ln p of each id in fp16. Numbers are varints.
/// </summary>
public static class LabelRecordCodec
{
    /// <summary>The most bytes that a record takes besides its sequences.</summary>
    public const int EnvelopeSize = 5 + (4 * 16) + (3 * (2 + MostNameBytes)) + 1 + 3 + sizeof(double) + 5 + 5 + RecordWriter.ChecksumSize;

    private const uint Magic = 0x5246584C; // "RFXL"
    private const byte Version = 1;
    private const byte KeyedFlag = 1;
    private const byte HoldoutFlag = 2;
    private const int MostNameBytes = 256;

    // ids and flags, five numbers of a byte or more, two tokens, one position
    private const int LeastSequenceSize = 2 * Id128.Size + 1 + 6 + 2 + LeastPositionSize;
    private const int LeastPositionSize = 1 + 1 + 1 + 2;

    /// <summary>The record's bytes.</summary>
    /// <exception cref="ArgumentException">The record breaks a rule that <see cref="Decode"/> would refuse it for; the message names the field.</exception>
    public static byte[] Encode(LabelRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Guard(LabelRules.FirstIn(record.Labels), -1);
        ArgumentOutOfRangeException.ThrowIfZero(record.Sequences.Count);
        var topics = record.Sequences.Select(sequence => sequence.Prompt.Log.Topic).Distinct().ToList();

        var writer = new RecordWriter(Magic, Version, EnvelopeSize + record.Sequences.Sum(EncodedSize));
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
        for (var i = 0; i < record.Sequences.Count; i++)
        {
            Guard(LabelRules.FirstIn(record.Sequences[i], record.Labels, int.MaxValue), i);
            WriteSequence(writer, record.Sequences[i], topics.IndexOf(record.Sequences[i].Prompt.Log.Topic));
        }

        return writer.Finish();
    }

    /// <summary>Reads a record's bytes.</summary>
    /// <param name="bytes">The record as it stands in the log.</param>
    /// <param name="vocabulary">V where it is known: ids must lie below it.</param>
    /// <exception cref="DecodeException">They are not a valid label record; it names the field and the dead letter's reason.</exception>
    public static LabelRecord Decode(ReadOnlyMemory<byte> bytes, int vocabulary = int.MaxValue)
    {
        var reader = new RecordReader(bytes.Span, Magic, Version);
        var header = new LabelRecord
        {
            LogTopic = reader.Uuid("log topic"),
            RecordId = reader.Id("record id"),
            LaneId = reader.Uuid("lane id"),
            TeacherId = reader.Uuid("teacher id"),
            TeacherRevision = reader.Text("teacher revision", MostNameBytes),
            TokenizerHash = reader.Text("tokenizer hash", MostNameBytes),
            TemplateHash = reader.Text("template hash", MostNameBytes),
            Labels = new LabelSpec((LabelKind)reader.Byte("label kind"), (int)reader.Number("draws", 1, LabelRules.MostDraws), reader.Float64("temperature")),
            Sequences = [],
        };
        Guard(ref reader, LabelRules.FirstIn(header.Labels));

        var topics = new Guid[reader.Count("prompt topics", 1, 16)];
        for (var i = 0; i < topics.Length; i++)
        {
            topics[i] = reader.Uuid("prompt topics");
        }

        var sequences = new LabelledSequence[reader.Count("sequences", 1, LeastSequenceSize)];
        for (var i = 0; i < sequences.Length; i++)
        {
            reader.Sequence = i;
            sequences[i] = ReadSequence(ref reader, topics, header.Labels.Size);
            Guard(ref reader, LabelRules.FirstIn(sequences[i], header.Labels, vocabulary));
        }

        reader.Sequence = -1;
        reader.End();
        return header with { Sequences = sequences };
    }

    /// <summary>The most bytes that a sequence adds to a record.</summary>
    public static int EncodedSize(LabelledSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        var labels = (SampledLabels)sequence.Labels;
        var size = 3 * Id128.Size + 1 + 3 // ids, flags, and at worst a prompt topic of its own with its index
            + Size(sequence.Prompt.Log.Partition) + RecordWriter.VarintSize((ulong)sequence.Prompt.Offset)
            + Size(sequence.Sample) + Size(sequence.Tokens.Length) + Size(sequence.PromptLength);
        foreach (var token in sequence.Tokens)
        {
            size += Size(token);
        }

        for (var i = 0; i < labels.Positions; i++)
        {
            size += Size(labels.Offsets[i + 1] - labels.Offsets[i]) + 2;
            for (int k = labels.Offsets[i], next = 0; k < labels.Offsets[i + 1]; next = labels.Ids[k++] + 1)
            {
                size += Size(labels.Ids[k] - next) + Size(labels.Counts[k]) + (labels.HasLogProbabilities ? 2 : 0);
            }
        }

        return size;
    }

    private static int Size(int value) => RecordWriter.VarintSize((ulong)value);

    private static void WriteSequence(RecordWriter writer, LabelledSequence sequence, int topic)
    {
        writer.Id(sequence.SequenceId);
        writer.Id(sequence.PromptId);
        writer.Byte((byte)((sequence.Keyed ? KeyedFlag : 0) | (sequence.Holdout ? HoldoutFlag : 0)));
        writer.Varint(topic);
        writer.Varint(sequence.Prompt.Log.Partition);
        writer.Varint((ulong)sequence.Prompt.Offset);
        writer.Varint(sequence.Sample);
        writer.Varint(sequence.Tokens.Length);
        writer.Varint(sequence.PromptLength);
        foreach (var token in sequence.Tokens)
        {
            writer.Varint(token);
        }

        var labels = (SampledLabels)sequence.Labels;
        for (var i = 0; i < labels.Positions; i++)
        {
            var (from, to) = (labels.Offsets[i], labels.Offsets[i + 1]);
            writer.Varint(to - from);
            for (int k = from, next = 0; k < to; next = labels.Ids[k++] + 1)
            {
                writer.Varint(labels.Ids[k] - next);
            }

            for (var k = from; k < to; k++)
            {
                writer.Varint(labels.Counts[k]);
            }

            writer.Float16(labels.Entropy[i]);
            for (var k = from; labels.HasLogProbabilities && k < to; k++)
            {
                writer.Float16(labels.LogProbabilities[k]);
            }
        }
    }

    private static LabelledSequence ReadSequence(ref RecordReader reader, Guid[] topics, int draws)
    {
        var sequenceId = reader.Id("sequence id");
        var promptId = reader.Id("prompt id");
        var flags = (int)reader.Number("flags", 0, KeyedFlag | HoldoutFlag);
        var topic = topics[(int)reader.Number("prompt topic", 0, topics.Length - 1)];
        var partition = (int)reader.Number("prompt partition", 0, int.MaxValue);
        var offset = reader.Number("prompt offset", 0, long.MaxValue);
        var sample = (int)reader.Number("sample", 0, int.MaxValue);
        var length = reader.Count("tokens", 2, 1);
        var promptLength = (int)reader.Number("prompt length", 1, length - 1);
        if (reader.Remaining < length + (long)(length - promptLength) * LeastPositionSize)
        {
            throw reader.Fail("tokens", $"are {length}, more than the rest of the record can hold");
        }

        var tokens = new int[length];
        for (var i = 0; i < length; i++)
        {
            tokens[i] = (int)reader.Number("tokens", 0, int.MaxValue);
        }

        var holdout = (flags & HoldoutFlag) != 0;
        return new LabelledSequence
        {
            SequenceId = sequenceId,
            PromptId = promptId,
            Keyed = (flags & KeyedFlag) != 0,
            Prompt = new Position(new LogId(topic, partition), offset),
            Sample = sample,
            Holdout = holdout,
            Tokens = tokens,
            PromptLength = promptLength,
            Labels = ReadLabels(ref reader, length - promptLength, draws, holdout),
        };
    }

    private static SampledLabels ReadLabels(ref RecordReader reader, int positions, int draws, bool holdout)
    {
        var offsets = new int[positions + 1];
        var entropy = new Half[positions];
        var ids = new List<int>(positions);
        var counts = new List<ushort>(positions);
        var logProbabilities = holdout ? new List<Half>(positions) : null;
        for (var i = 0; i < positions; i++)
        {
            var distinct = reader.Count("distinct ids", 1, 2);
            if (distinct > draws)
            {
                throw reader.Fail("distinct ids", $"is {distinct}, more than {draws} draws can give", DeadLetterReason.InvalidLabels);
            }

            for (long k = 0, next = 0; k < distinct; k++)
            {
                var id = next + reader.Number("ids", 0, int.MaxValue - next);
                ids.Add((int)id);
                next = Math.Min(id + 1, int.MaxValue);
            }

            for (var k = 0; k < distinct; k++)
            {
                counts.Add((ushort)reader.Number("counts", 1, draws));
            }

            entropy[i] = reader.Float16("entropy");
            for (var k = 0; logProbabilities is not null && k < distinct; k++)
            {
                logProbabilities.Add(reader.Float16("ln p"));
            }

            offsets[i + 1] = ids.Count;
        }

        return new SampledLabels(offsets, [.. ids], [.. counts], entropy, logProbabilities?.ToArray());
    }

    private static void Guard(LabelRules.Violation? violation, int sequence)
    {
        if (violation is { } broken)
        {
            throw new ArgumentException($"{(sequence < 0 ? "" : $"sequences[{sequence}].")}{broken.Field} {broken.Problem}.");
        }
    }

    private static void Guard(ref RecordReader reader, LabelRules.Violation? violation)
    {
        if (violation is { } broken)
        {
            throw reader.Fail(broken.Field, broken.Problem, broken.Reason);
        }
    }
}
