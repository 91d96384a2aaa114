namespace Reflux.Distillation.Training;

/// <summary>What a student consumed over its whole life. Lives in the checkpoint, so a restart neither forgets nor counts twice.</summary>
internal sealed record IntakeCounters
{
    public long LabelRecords { get; init; }

    public long LabelBytes { get; init; }

    public long LabelledTokens { get; init; }

    public long TrainedSequences { get; init; }

    public long TrainedTokens { get; init; }

    public long HoldoutSequences { get; init; }

    public long DuplicateSequences { get; init; }

    public long DeadLetters { get; init; }
}
