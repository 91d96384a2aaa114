using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Chaos;

/// <summary>What a run left behind for the checker.</summary>
internal sealed record CheckerEvidence
{
    /// <summary>Prompts with a 202.</summary>
    public required IReadOnlyCollection<Id128> Acknowledged { get; init; }

    /// <summary>What a usable label record says.</summary>
    public required CheckerLedger.Rules Rules { get; init; }

    /// <summary>The label log as it was archived.</summary>
    public required IReadOnlyDictionary<long, byte[]> Archive { get; init; }

    /// <summary>The label log as the broker served it.</summary>
    public required IReadOnlyDictionary<long, byte[]> Broker { get; init; }

    /// <summary>Everything on the dead letters' topic.</summary>
    public required IReadOnlyList<DeadLetter> DeadLetters { get; init; }

    /// <summary>The student's last word.</summary>
    public required StudentAccounting Account { get; init; }

    /// <summary>Its step then, and its next record.</summary>
    public required long Step { get; init; }

    /// <inheritdoc cref="Step"/>
    public required long Next { get; init; }

    public required int SequencesPerStep { get; init; }

    /// <summary>Offsets that were committed while the run went on.</summary>
    public IReadOnlyList<CommittedPrompts> Commits { get; init; } = [];

    /// <summary>Positions of the prompts' log that hold no prompt: they name the log, where the broker does not.</summary>
    public IReadOnlySet<Position> Marks { get; init; } = new HashSet<Position>();
}

/// <summary>A committed offset of the teachers' group, and the end of the label log a moment later.</summary>
/// <param name="Next">Every prompt before it is done with.</param>
/// <param name="LabelEnd">So its label stands before this offset.</param>
internal sealed record CommittedPrompts(Position Next, long LabelEnd);
