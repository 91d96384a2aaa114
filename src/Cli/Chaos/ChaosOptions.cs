namespace Reflux.Cli.Chaos;

/// <summary>What a chaos run does.</summary>
internal sealed record ChaosOptions
{
    public const double FullSeconds = 120;

    /// <summary>Where data and logs go; nothing stands there yet.</summary>
    public required string Directory { get; init; }

    /// <summary>Model directory of the teacher.</summary>
    public required string Teacher { get; init; }

    /// <summary>A broker that keeps its log on disk and is killed too, instead of the memory broker.</summary>
    public bool Durable { get; init; }

    /// <summary>Seconds of traffic and faults.</summary>
    public double Seconds { get; init; } = FullSeconds;

    /// <summary>Decides traffic, student and faults.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Prompts a second. Delays don't thin them out: what is due is sent, if later.</summary>
    public double PromptsPerSecond { get; init; } = 18;

    /// <summary>Small, so that steps are many.</summary>
    public int SequencesPerStep { get; init; } = 6;
}
