using System.Globalization;
using System.Net;
using System.Text;

namespace Reflux.Cli.Demo;

/// <summary>The run as one self-contained HTML page: figures and curves of loss, acceptance with the drift marked, and backlog.</summary>
internal sealed class DemoReport(DemoSummary summary, IReadOnlyList<CurvePoint> curve, double? driftAt, double startedAt)
{
    private const int Width = 860;
    private const int Height = 220;
    private const int Left = 56;
    private const int Bottom = 28;

    /// <summary>The page; it loads nothing.</summary>
    public string ToHtml()
    {
        var points = curve.Select(point => point with { Seconds = point.Seconds - startedAt }).Where(point => point.Seconds >= 0).ToList();
        var drift = driftAt - startedAt;
        var page = new StringBuilder();
        page.Append("""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Reflux demo</title>
            <style>
            :root { color-scheme: light dark; --ink: #1d2733; --soft: #68778a; --line: #2266cc; --mark: #c2410c; --rule: #d8dee6; --card: #f6f8fa; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #97a3b2; --line: #6aa5ff; --mark: #ff9d5c; --rule: #333c47; --card: #1a2129; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 900px; margin: 32px auto; padding: 0 16px; }
            h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 28px 0 6px; } p { margin: 4px 0; color: var(--soft); }
            .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 18px 0; }
            .card { background: var(--card); border-radius: 8px; padding: 10px 12px; } .card b { display: block; font-size: 20px; } .card span { color: var(--soft); font-size: 13px; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } td, th { text-align: right; padding: 4px 8px; border-bottom: 1px solid var(--rule); } td:first-child, th:first-child { text-align: left; }
            svg { width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; } .axis { stroke: var(--rule); } .curve { fill: none; stroke: var(--line); stroke-width: 1.8; } .drift { stroke: var(--mark); stroke-dasharray: 4 4; } svg text.mark { fill: var(--mark); }
            </style></head><body>
            <h1>Reflux demo</h1>
            """);
        page.Append($"<p>{summary.Seconds:0} seconds; Orleans {Encode(summary.Engine.Orleans)}; torch {Encode(summary.Engine.Torch)}; Kafka {Encode(summary.Engine.Kafka)}</p>");
        page.Append(summary.BarsMissed.Count == 0 ? "<p>Every bar reached.</p>" : $"<p><strong>Missed:</strong> {Encode(string.Join("; ", summary.BarsMissed))}</p>");
        page.Append("<div class=\"cards\">");
        Card(page, $"{summary.Prompts}", "prompts accepted");
        Card(page, $"{summary.BytesPerToken:0.0}", "bytes a labelled token");
        Card(page, $"{summary.Steps}", "optimizer steps");
        Card(page, $"{summary.TokensPerSecond:0}", "trained tokens a second");
        Card(page, $"{summary.Acceptance.End:0.000}", "acceptance at the end");
        Card(page, $"{summary.ExactMatch.End:P0}", "exact answers at the end");
        Card(page, $"{summary.FreshnessSeconds.P50:0.0} s", "freshness, median");
        Card(page, $"{summary.Snapshots.Count}", "snapshots published");
        page.Append("</div>");
        Chart(page, "Holdout acceptance α at each gate", points.Where(point => point.Acceptance is not null).Select(point => (point.Seconds, point.Acceptance!.Value)), drift, 0, 1);
        Chart(page, "Training loss, nats a labelled token", points.Where(point => point.Step > 0).Select(point => (point.Seconds, point.Loss)), drift, 0, null);
        Chart(page, "Backlog, label records", points.Select(point => (point.Seconds, (double)point.Backlog)), drift, 0, null);
        Tables(page);
        page.Append("</body></html>");
        return page.ToString();
    }

    private void Tables(StringBuilder page)
    {
        page.Append("<h2>Acceptance</h2><table><tr><th></th><th>start</th><th>before drift</th><th>after drift</th><th>end</th><th>old traffic, end</th></tr>");
        foreach (var (name, values) in new[] { ("all answer positions", summary.Acceptance), ("teacher entropy above 0.1", summary.AcceptanceUncertain) })
        {
            page.Append($"<tr><td>{name}</td><td>{values.Start:0.000}</td><td>{values.BeforeDrift:0.000}</td><td>{values.AfterDrift:0.000}</td><td>{values.End:0.000}</td><td>{values.OldTrafficEnd:0.000}</td></tr>");
        }

        page.Append("</table><h2>Snapshots</h2><table><tr><th>version</th><th>step</th><th>epoch</th><th>acceptance</th><th>manifest</th></tr>");
        foreach (var version in summary.Snapshots)
        {
            page.Append($"<tr><td>{version.Version}</td><td>{version.Step}</td><td>{version.Epoch}</td><td>{version.Acceptance:0.000}</td><td><code>{version.Manifest[..16]}</code></td></tr>");
        }

        page.Append("</table>");
    }

    private static void Card(StringBuilder page, string value, string label) => page.Append($"<div class=\"card\"><b>{Encode(value)}</b><span>{Encode(label)}</span></div>");

    private static void Chart(StringBuilder page, string title, IEnumerable<(double X, double Y)> series, double? drift, double lowest, double? highest)
    {
        var points = series.ToList();
        page.Append($"<h2>{Encode(title)}</h2>");
        if (points.Count == 0)
        {
            page.Append("<p>nothing was measured</p>");
            return;
        }

        var right = Math.Max(1, points.Max(point => point.X));
        var top = highest ?? Math.Max(1e-9, points.Max(point => point.Y) * 1.05);
        double X(double seconds) => Left + (seconds / right * (Width - Left - 10));
        double Y(double value) => Height - Bottom - ((value - lowest) / (top - lowest) * (Height - Bottom - 10));

        page.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Encode(title)}\">");
        for (var tick = 0; tick <= 4; tick++)
        {
            var value = lowest + ((top - lowest) * tick / 4);
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - 10}\" y1=\"{Y(value):0.0}\" y2=\"{Y(value):0.0}\"/><text x=\"{Left - 6}\" y=\"{Y(value) + 4:0.0}\" text-anchor=\"end\">{value:0.##}</text>");
            var seconds = right * tick / 4;
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(seconds):0.0}\" y=\"{Height - 8}\" text-anchor=\"middle\">{seconds:0} s</text>");
        }

        page.Append("<polyline class=\"curve\" points=\"");
        foreach (var (x, y) in points)
        {
            page.Append(CultureInfo.InvariantCulture, $"{X(x):0.0},{Y(y):0.0} ");
        }

        page.Append("\"/>");
        if (drift is { } at)
        {
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"drift\" x1=\"{X(at):0.0}\" x2=\"{X(at):0.0}\" y1=\"10\" y2=\"{Height - Bottom}\"/><text class=\"mark\" x=\"{X(at) + 4:0.0}\" y=\"20\">drift</text>");
        }

        page.Append("</svg>");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
