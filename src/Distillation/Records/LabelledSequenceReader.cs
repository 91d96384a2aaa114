using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>Reads the sequences of one label record.</summary>
/// <param name="topics">The record's prompt topics.</param>
/// <param name="spec">Its label specification.</param>
/// <param name="vocabulary">V: ids lie below it.</param>
/// <param name="buffers">Where labels go, or null for arrays of their own.</param>
/// <param name="bitsByPart">[parts] adds up the bits of every <see cref="RecordPart"/>.</param>
internal sealed class LabelledSequenceReader(Guid[] topics, LabelSpec spec, int vocabulary, LabelBuffers? buffers, long[] bitsByPart)
{
    public LabelledSequence Read(ref RecordReader reader)
    {
        var before = reader.Remaining;
        var sequenceId = reader.Id("sequence id");
        var promptId = reader.Id("prompt id");
        var flags = (LabelledSequenceFlags)reader.Number("flags", 0, (long)LabelledSequenceFlags.All);
        var topic = topics[(int)reader.Number("prompt topic", 0, topics.Length - 1)];
        var partition = (int)reader.Number("prompt partition", 0, int.MaxValue);
        var offset = reader.Number("prompt offset", 0, long.MaxValue);
        var sample = (int)reader.Number("sample", 0, int.MaxValue);
        var student = flags.HasFlag(LabelledSequenceFlags.OnPolicy)
            ? new StudentVersion(reader.Uuid("student id"), reader.Number("student version", 0, long.MaxValue))
            : null;
        var length = (int)reader.Number("tokens", 2, Array.MaxLength);
        var promptLength = (int)reader.Number("prompt length", 1, length - 1);
        var coding = LabelCoding.Read(ref reader, spec.Kind);
        bitsByPart[(int)RecordPart.Sequences] += (before - reader.Remaining) * 8L;

        var body = new LabelledSequenceBody(reader.Rest, reader.Sequence, length, promptLength, spec, coding, vocabulary, bitsByPart);
        var mask = flags.HasFlag(LabelledSequenceFlags.Masked) ? body.ReadLossMask() : null;
        var tokens = body.ReadUnlabelledTokens();
        var labels = body.ReadLabels(buffers, flags.HasFlag(LabelledSequenceFlags.Holdout));
        reader.Take(body.Length, "sequences");
        return new LabelledSequence
        {
            SequenceId = sequenceId,
            PromptId = promptId,
            Keyed = flags.HasFlag(LabelledSequenceFlags.Keyed),
            Prompt = new Position(new LogId(topic, partition), offset),
            Sample = sample,
            Holdout = flags.HasFlag(LabelledSequenceFlags.Holdout),
            Tokens = tokens,
            PromptLength = promptLength,
            LossMask = mask,
            Student = student,
            Labels = labels,
        };
    }
}
