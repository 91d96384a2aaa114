using System.Text.Json;

namespace Reflux.Cli.Chaos;

/// <summary>What a chaos run promises. Counts are those of 120 seconds, and as many fewer as it is shorter.</summary>
internal static class ChaosBars
{
    /// <summary>What was missed, in words.</summary>
    /// <param name="run">The result.</param>
    /// <param name="seconds">Its length.</param>
    public static IReadOnlyList<string> Missed(ChaosSummary run, double seconds)
    {
        var scale = Math.Min(1, seconds / ChaosOptions.FullSeconds);
        return
        [
            .. Least(run.Kills, 10 * scale, "kills"),
            .. Least(run.Acknowledged, 2000 * scale, "acknowledged prompts"),
            .. Least(run.Steps, 200 * scale, "steps"),
            .. NemesisPlan.Kinds(run.FullDisk is not null, run.Broker == ChaosSummary.DurableBroker)
                .Where(kind => run.Faults.GetValueOrDefault(Name(kind)) == 0)
                .Select(kind => $"no fault of the kind {Name(kind)} took place"),
            .. Check(run.Lost == 0, $"{run.Lost} lost"),
            .. Check(run.TrainedTwice == 0, $"{run.TrainedTwice} trained twice"),
            .. Check(
                run.Acknowledged == run.Trained + run.Holdout + run.SampledOut + run.DeadLettered + run.Quarantined + run.Pending,
                "the acknowledged prompts are not the sum of what became of them"),
            .. Check(run.Identical, "an undisturbed replay comes to another state"),
            .. Check(run.SnapshotsVerified > 0, "no snapshot was served"),
            .. Check(run.SnapshotsTorn == 0, $"{run.SnapshotsTorn} snapshots were served torn"),
        ];
    }

    /// <summary>A kind as the summary spells it.</summary>
    public static string Name(NemesisKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static string[] Least(long count, double least, string what) => Check(count >= Math.Ceiling(least), $"{count} {what}, {Math.Ceiling(least)} are needed");

    private static string[] Check(bool holds, string otherwise) => holds ? [] : [otherwise];
}
