using Reflux.Contracts.Http;
using Reflux.Contracts.Snapshots;

namespace Reflux.Cli.Demo;

/// <summary>The demo's result, as `--json` prints it.</summary>
internal sealed record DemoSummary
{
    public required long Prompts { get; init; }
    public required long LabelRecords { get; init; }
    public required double BytesPerToken { get; init; }
    public required long TrainedTokens { get; init; }
    public required long Steps { get; init; }

    /// <summary>Trained tokens a second of traffic time.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>How long the traffic waited for a machine slower than its pace; see <see cref="TrafficPace"/>.</summary>
    public double HeldBackSeconds { get; init; }
    public required DriftCurve Acceptance { get; init; }

    /// <summary>The same on positions with teacher entropy above 0.1 nats.</summary>
    public required DriftCurve AcceptanceUncertain { get; init; }
    public required StartEnd ExactMatch { get; init; }

    /// <summary>Holdout sequences measured on, of each kind.</summary>
    public required KindCounts Holdout { get; init; }
    public required IReadOnlyList<SnapshotVersion> Snapshots { get; init; }
    public required PulledSnapshot Pulled { get; init; }
    public required Freshness FreshnessSeconds { get; init; }
    public Recovery? Recovered { get; init; }
    public required double Seconds { get; init; }
    public required EngineInfo Engine { get; init; }

    /// <summary>Bars that this run did not reach; empty when it did what the demo promises.</summary>
    public IReadOnlyList<string> BarsMissed { get; init; } = [];
}

/// <summary>Acceptance over the run: base weights on the old kind, the weights frozen at the first drifted prompt on the old and on the new kind, the final weights on the new and on the old kind.</summary>
internal sealed record DriftCurve(double Start, double BeforeDrift, double AfterDrift, double End, double OldTrafficEnd);

internal sealed record StartEnd(double Start, double End);

internal sealed record KindCounts(int Old, int New);

internal sealed record PulledSnapshot(long Version, bool Sha256Verified, bool GreedyMatch);

/// <summary>From a prompt's 202 to the first snapshot trained on it, seconds; <paramref name="PublishedShare"/> of the prompts are in a snapshot.</summary>
internal sealed record Freshness(double P50, double P99, double PublishedShare);

/// <summary>After a kill -9: accepted prompts without an effect, effects beyond one, and seconds until the trainer took its next step.</summary>
internal sealed record Recovery(long LostRecords, long TrainedTwice, double Seconds);
