using System.Text;

namespace Reflux.Cli.Demo;

/// <summary>The summary for people.</summary>
internal static class SummaryText
{
    public static string Of(DemoSummary run)
    {
        var text = new StringBuilder();
        text.AppendLine();
        text.AppendLine($"{run.Prompts} prompts became {run.LabelRecords} label records at {run.BytesPerToken:0.0} bytes a labelled token;");
        text.AppendLine($"the student took {run.Steps} steps over {run.TrainedTokens} tokens ({run.TokensPerSecond:0} a second) and published {run.Snapshots.Count} snapshots.");
        if (run.HeldBackSeconds > 0)
        {
            text.AppendLine($"the traffic was held back for {run.HeldBackSeconds:0} s, because this machine labels and trains slower than its pace;");
        }

        text.AppendLine();
        Row(text, "", "start", "before", "after", "end", "old end");
        Row(text, "acceptance", run.Acceptance);
        Row(text, "… teacher uncertain", run.AcceptanceUncertain);
        text.AppendLine($"exact answers: {run.ExactMatch.Start:P0} at the start, {run.ExactMatch.End:P0} at the end ({run.Holdout.Old} old and {run.Holdout.New} new holdout prompts)");
        text.AppendLine($"freshness: p50 {run.FreshnessSeconds.P50:0.0} s, p99 {run.FreshnessSeconds.P99:0.0} s from a prompt's 202 to a snapshot trained on it");
        text.AppendLine($"pulled version {run.Pulled.Version}: sha256 {(run.Pulled.Sha256Verified ? "verified" : "WRONG")}, greedy outputs {(run.Pulled.GreedyMatch ? "reproduced" : "DIFFERENT")}");
        if (run.Recovered is { } recovered)
        {
            text.AppendLine($"after kill -9: training again in {recovered.Seconds:0.0} s, {recovered.LostRecords} lost, {recovered.TrainedTwice} trained twice");
        }

        text.AppendLine($"engine: Orleans {run.Engine.Orleans}; torch {run.Engine.Torch}; Kafka {run.Engine.Kafka}; {run.Seconds:0} s in all");
        text.AppendLine(run.BarsMissed.Count == 0 ? "every bar reached" : $"MISSED: {string.Join("; ", run.BarsMissed)}");
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, DriftCurve curve) =>
        Row(text, name, $"{curve.Start:0.000}", $"{curve.BeforeDrift:0.000}", $"{curve.AfterDrift:0.000}", $"{curve.End:0.000}", $"{curve.OldTrafficEnd:0.000}");

    private static void Row(StringBuilder text, string name, params string[] cells) =>
        text.AppendLine($"{name,-20}{string.Concat(cells.Select(cell => $"{cell,9}"))}");
}
