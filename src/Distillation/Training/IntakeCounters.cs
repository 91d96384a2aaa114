using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Training;

/// <summary>What a student consumed over its whole life. Lives in the checkpoint, so a restart neither forgets nor counts twice.</summary>
public sealed record IntakeCounters
{
    /// <summary>Label records consumed.</summary>
    public long LabelRecords { get; init; }

    /// <summary>Their bytes.</summary>
    public long LabelBytes { get; init; }

    /// <summary>Labelled positions in them.</summary>
    public long LabelledTokens { get; init; }

    /// <summary>Sequences in the weights.</summary>
    public long TrainedSequences { get; init; }

    /// <summary>Labelled positions in the weights.</summary>
    public long TrainedTokens { get; init; }

    /// <summary>Sequences kept for measuring.</summary>
    public long HoldoutSequences { get; init; }

    /// <summary>Sequences dropped because they took effect before.</summary>
    public long DuplicateSequences { get; init; }

    /// <summary>Records and sequences set aside.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Steps whose loss or gradient was NaN or infinite: nothing of them is in the weights.</summary>
    public long UndoneSteps { get; init; }

    /// <summary>Those of them since the last step that was taken.</summary>
    public long UndoneInARow { get; init; }

    /// <summary>Their sequences, set aside.</summary>
    public long QuarantinedSequences { get; init; }

    /// <summary>Sum of the ids of the sequences that took effect, modulo 2^128: who knows which they must be can check that each did, and once.</summary>
    public Id128 EffectSum { get; init; }

    internal IntakeCounters WithTrained(Id128 sequence, long tokens) => WithEffect(sequence) with
    {
        TrainedSequences = TrainedSequences + 1,
        TrainedTokens = TrainedTokens + tokens,
    };

    internal IntakeCounters WithHoldout(Id128 sequence) => WithEffect(sequence) with { HoldoutSequences = HoldoutSequences + 1 };

    private IntakeCounters WithEffect(Id128 sequence) => this with { EffectSum = new Id128(unchecked(EffectSum.Value + sequence.Value)) };
}
