using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Labels;

/// <summary>A label record as JSON: what docs/soft-label-format.md shows beside the bytes of its examples.</summary>
internal sealed record LabelRecordDocument(
    Guid LogTopic,
    Id128 RecordId,
    Guid LaneId,
    Guid TeacherId,
    string TeacherRevision,
    string TokenizerHash,
    string TemplateHash,
    LabelSpec Labels,
    IReadOnlyList<LabelledSequenceDocument> Sequences)
{
    public static LabelRecordDocument Of(LabelRecord record) => new(
        record.LogTopic,
        record.RecordId,
        record.LaneId,
        record.TeacherId,
        record.TeacherRevision,
        record.TokenizerHash,
        record.TemplateHash,
        record.Labels,
        [.. record.Sequences.Select(LabelledSequenceDocument.Of)]);
}

/// <summary>One sequence of it.</summary>
internal sealed record LabelledSequenceDocument(
    Id128 SequenceId,
    Id128 PromptId,
    bool Keyed,
    bool Holdout,
    Guid PromptTopic,
    int PromptPartition,
    long PromptOffset,
    int Sample,
    StudentVersion? Student,
    int[] Tokens,
    int PromptLength,
    IReadOnlyList<LabelledPositionDocument> Positions)
{
    public static LabelledSequenceDocument Of(LabelledSequence sequence) => new(
        sequence.SequenceId,
        sequence.PromptId,
        sequence.Keyed,
        sequence.Holdout,
        sequence.Prompt.Log.Topic,
        sequence.Prompt.Log.Partition,
        sequence.Prompt.Offset,
        sequence.Sample,
        sequence.Student,
        sequence.Tokens,
        sequence.PromptLength,
        [.. sequence.Targets.Select((target, i) => LabelledPositionDocument.Of(sequence, target, i))]);
}

/// <summary>One labelled position of it.</summary>
/// <param name="Target">t: the labels describe p(x_t | x_&lt;t).</param>
/// <param name="Token">x_t.</param>
/// <param name="Entropy">H(p), nats.</param>
/// <param name="Ids">Ascending.</param>
/// <param name="Counts">How often each was drawn; absent in top-k labels.</param>
/// <param name="LogProbabilities">ln p of each; absent in training labels of kind sampled.</param>
/// <param name="LogTailMass">ln of the tail's mass; absent where it has none, and in sampled labels.</param>
internal sealed record LabelledPositionDocument(
    int Target, int Token, double Entropy, int[] Ids, int[]? Counts, double[]? LogProbabilities, double? LogTailMass)
{
    public static LabelledPositionDocument Of(LabelledSequence sequence, int target, int i)
    {
        var (labels, row) = (sequence.Labels, sequence.Labels.Offsets[i]..sequence.Labels.Offsets[i + 1]);
        var (sampled, top) = (labels as SampledLabels, labels as TopKLabels);
        return new(
            target,
            sequence.Tokens[target],
            (double)labels.Entropy[i],
            labels.Ids[row].ToArray(),
            sampled is null ? null : [.. sampled.Counts[row].ToArray()],
            sampled is { HasLogProbabilities: true } ? [.. sampled.LogProbabilities[row].ToArray().Select(value => (double)value)]
                : top is null ? null
                : [.. top.LogProbabilities[row].ToArray()],
            top is null || float.IsNegativeInfinity(top.LogTailMass[i]) ? null : top.LogTailMass[i]);
    }
}
