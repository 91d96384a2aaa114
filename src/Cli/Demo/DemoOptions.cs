namespace Reflux.Cli.Demo;

/// <summary>What a demo run does. The defaults meet the bars on two cores.</summary>
internal sealed record DemoOptions
{
    /// <summary>Where data, logs and the report go; see <see cref="DemoDirectory"/>.</summary>
    public required string Directory { get; init; }

    /// <summary>Model directory of the teacher.</summary>
    public required string Teacher { get; init; }

    /// <summary>Seconds of traffic on a machine that keeps up with it; the second half is the kind of prompt never sent before.</summary>
    public double TrafficSeconds { get; init; } = 165;

    /// <summary>Prompts a second.</summary>
    public double PromptsPerSecond { get; init; } = 34;

    public ulong Seed { get; init; } = 1;

    /// <summary>Kill -9 the silo at this share of the traffic and start it again on its data directory.</summary>
    public double? KillSiloAt { get; init; }

    public double HoldoutFraction { get; init; } = 0.1;
}
