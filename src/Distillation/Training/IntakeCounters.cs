using Reflux.Contracts.Identity;

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

    /// <summary>Sum of the ids of the sequences that took effect, modulo 2^128: who knows which they must be can check that each did, and once.</summary>
    public Id128 EffectSum { get; init; }

    /// <summary>Counts a sequence into the sum.</summary>
    public IntakeCounters WithEffect(Id128 sequence) => this with { EffectSum = new Id128(unchecked(EffectSum.Value + sequence.Value)) };
}
