namespace Reflux.Cli.Demo;

/// <summary>What the demo promises; README and docs quote these figures.</summary>
internal static class DemoBars
{
    public static IReadOnlyList<string> Missed(DemoSummary run)
    {
        var acceptance = run.Acceptance;
        return
        [
            .. Check(acceptance.End >= 0.85, $"acceptance.end {acceptance.End:0.000} is below 0.85"),
            .. Check(run.AcceptanceUncertain.End >= 0.7, $"acceptanceUncertain.end {run.AcceptanceUncertain.End:0.000} is below 0.7"),
            .. Check(run.ExactMatch.End >= 0.5, $"exactMatch.end {run.ExactMatch.End:0.000} is below 0.5"),
            .. Check(acceptance.Start < 0.35, $"acceptance.start {acceptance.Start:0.000} is not below 0.35"),
            .. Check(acceptance.AfterDrift < acceptance.BeforeDrift - 0.05, $"the drift is not visible: {acceptance.BeforeDrift:0.000} before, {acceptance.AfterDrift:0.000} after"),
            .. Check(acceptance.End >= acceptance.BeforeDrift - 0.03, $"acceptance.end {acceptance.End:0.000} did not come back to {acceptance.BeforeDrift:0.000} − 0.03"),
            .. Check(run.Holdout is { Old: >= 200, New: >= 200 }, $"holdout of {run.Holdout.Old} and {run.Holdout.New} sequences, 200 of each kind are needed"),
            .. Check(run.Snapshots.Count >= 3, $"{run.Snapshots.Count} snapshots, 3 are needed"),
            .. Check(run.FreshnessSeconds.P50 <= 45, $"freshness p50 {run.FreshnessSeconds.P50:0.0} s is above 45"),
            .. Check(run.FreshnessSeconds.PublishedShare >= 0.9, $"only {run.FreshnessSeconds.PublishedShare:P0} of the prompts are in a published snapshot"),
            .. Check(run.Pulled.Sha256Verified, "the pulled snapshot did not verify"),
            .. Check(run.Pulled.GreedyMatch, "the pulled snapshot does not reproduce the recorded greedy outputs"),
            .. run.Recovered is { } recovered
                ? (string[])
                [
                    .. Check(recovered.LostRecords == 0, $"{recovered.LostRecords} accepted prompts were lost"),
                    .. Check(recovered.TrainedTwice == 0, $"{recovered.TrainedTwice} prompts took effect twice"),
                    .. Check(recovered.Seconds <= 15, $"recovery took {recovered.Seconds:0.0} s, more than 15"),
                ]
                : [],
        ];
    }

    private static string[] Check(bool holds, string otherwise) => holds ? [] : [otherwise];
}
