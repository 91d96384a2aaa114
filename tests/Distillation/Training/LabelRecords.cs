using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

/// <summary>Label records of one lane as they stand in its log.</summary>
internal sealed record LabelRecords(Guid LaneId, string TokenizerHash, string TemplateHash)
{
    public static readonly LogId Log = new(new Guid("01890a5d-ac96-774b-bcce-000000000001"), 3);

    public static LabelSpec Spec { get; } = new(LabelKind.Sampled, LabelledSequences.Draws, 1);

    public LabelRecord Of(params IReadOnlyList<LabelledSequence> sequences) => new()
    {
        LogTopic = Log.Topic,
        // the same sequences are the same bytes in every process: a log that is built anew is the same log
        RecordId = sequences.Count > 0 ? sequences[0].SequenceId : default,
        LaneId = LaneId,
        TeacherId = LaneId,
        TeacherRevision = new string('7', 64),
        TokenizerHash = TokenizerHash,
        TemplateHash = TemplateHash,
        Labels = Spec,
        Sequences = sequences,
    };

    public byte[] Encode(params IReadOnlyList<LabelledSequence> sequences) => LabelRecordCodec.Encode(Of(sequences));

    public static LabelLogRecord Stored(long offset, byte[] value) => new(new Position(Log, offset), value);
}
