namespace Reflux.Cli.Chaos;

/// <summary>A run's result, as `--json` prints it.</summary>
internal sealed record ChaosSummary
{
    public const string EmbeddedBroker = "embedded";
    public const string DurableBroker = "durable";

    public required ulong Seed { get; init; }

    /// <summary>"embedded" or "durable".</summary>
    public required string Broker { get; init; }

    /// <summary>Processes killed with -9.</summary>
    public required int Kills { get; init; }

    /// <summary>How often each kind of fault took place.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    /// <summary>What made a disk full: "tmpfs", a small one of its own; "fault point", where mounting is refused; null where neither can be.</summary>
    public string? FullDisk { get; init; }

    /// <summary>Prompts with a 202; each is in exactly one of the next six.</summary>
    public required long Acknowledged { get; init; }
    public required long Trained { get; init; }
    public required long Holdout { get; init; }
    public required long SampledOut { get; init; }
    public required long DeadLettered { get; init; }
    public required long Quarantined { get; init; }
    public required long Pending { get; init; }

    /// <summary>Prompts without a fate, and effects that the student lacks.</summary>
    public required long Lost { get; init; }

    /// <summary>Effects beyond one, in the final lineage.</summary>
    public required long TrainedTwice { get; init; }
    public required long Steps { get; init; }

    /// <summary>Whether an undisturbed replay comes to the same bits.</summary>
    public required bool Identical { get; init; }
    public required int SnapshotsVerified { get; init; }
    public required int SnapshotsTorn { get; init; }
}
