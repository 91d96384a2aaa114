using System.Globalization;
using System.Text;

namespace Reflux.Cli.Bench.Quality;

/// <summary>The comparison as a page of its own: two charts and a table, nothing from elsewhere.</summary>
internal static class QualityPlot
{
    private const int Width = 560;
    private const int Height = 360;
    private const int Left = 64;
    private const int Right = 16;
    private const int Top = 40;
    private const int Bottom = 44;

    private static readonly (string Arm, string Color, string Dash)[] Styles =
    [
        (QualityRun.Dense, "#1b1f24", ""),
        (QualityRun.Sampled, "#0072b2", ""),
        (QualityRun.TopK, "#009e73", "6 3"),
        (QualityRun.TopKNoTail, "#d55e00", "2 3"),
    ];

    public static string Html(IReadOnlyList<SeedResult> seeds)
    {
        QualityBudget[] budgets = [.. Enumerable.Range(0, seeds[0].Points.Count).Select(point => QualityBudget.Of(seeds, point))];
        var entropy = seeds.Average(seed => seed.Entropy);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>What labels teach</title>
            <style>
            body { font: 14px/1.45 system-ui, sans-serif; margin: 24px; color: #1b1f24; background: #fff; }
            svg { max-width: 100%; margin-right: 16px; }
            text { font: 12px system-ui, sans-serif; fill: #444c56; }
            table { border-collapse: collapse; margin-top: 16px; font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: 3px 14px 3px 0; border-bottom: 1px solid #d8dee4; }
            th:first-child, td:first-child { text-align: left; }
            </style>
            <h1>What labels teach</h1>
            <p>Students of one teacher (entropy {{entropy:0.00}} nats, {{seeds.Average(seed => seed.UniqueIds):0.0}} unique ids a position) by the labels that they learned from;
            held out, dense teacher probabilities, means of {{seeds.Count}} seeds.</p>
            {{Divergence(budgets, entropy)}}
            {{Gaps(budgets)}}
            {{Table(budgets)}}
            </html>

            """);
    }

    private static string Divergence(QualityBudget[] budgets, double entropy)
    {
        var values = budgets.SelectMany(budget => budget.CrossEntropy.Values).Select(value => value - entropy).ToArray();
        var chart = new Chart("KL(teacher ‖ student), nats, logarithmic", budgets[^1].Tokens, Math.Log10(values.Min()) - 0.05, Math.Log10(values.Max()) + 0.05);
        foreach (var tick in new[] { 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2 })
        {
            chart.Tick(Math.Log10(tick), tick.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var (arm, color, dash) in Styles)
        {
            chart.Line(arm, color, dash, budgets.Select(budget => (budget.Tokens, Math.Log10(budget.CrossEntropy[arm] - entropy))));
        }

        return chart.Svg();
    }

    private static string Gaps(QualityBudget[] budgets)
    {
        // the first points are all warm-up; the interest lies where the students have learned
        var late = budgets[(budgets.Length / 5)..];
        var bounds = late.SelectMany(budget => budget.Gaps.Values).SelectMany(gap => (double[])[gap.Low, gap.High, LabelQuality.LargestGap, -LabelQuality.LargestGap]).ToArray();
        var step = bounds.Max() > 0.05 ? 0.02 : 0.005;

        // the room above is the legend's
        var chart = new Chart("Cross-entropy less the dense student's, nats, with 95 % intervals", budgets[^1].Tokens, bounds.Min() - (step / 4), bounds.Max() + (0.3 * (bounds.Max() - bounds.Min())));
        for (var tick = Math.Ceiling(bounds.Min() / step); tick * step <= bounds.Max(); tick++)
        {
            chart.Tick(tick * step, (tick * step).ToString("0.000", CultureInfo.InvariantCulture));
        }

        chart.Band(-LabelQuality.LargestGap, LabelQuality.LargestGap);
        foreach (var (arm, color, dash) in Styles.Skip(1))
        {
            chart.Line(arm, color, dash, late.Select(budget => (budget.Tokens, budget.Gaps[arm].Mean)));
            foreach (var budget in late)
            {
                chart.Interval(color, budget.Tokens, budget.Gaps[arm].Low, budget.Gaps[arm].High);
            }
        }

        return chart.Svg();
    }

    private static string Table(QualityBudget[] budgets)
    {
        var table = new StringBuilder("<table><tr><th>labelled tokens</th><th>dense α</th>");
        table.AppendJoin("", Styles.Select(style => $"<th>{style.Arm}</th>")).Append("</tr>");
        foreach (var budget in budgets)
        {
            table.Append(CultureInfo.InvariantCulture, $"<tr><td>{budget.Tokens:N0}</td><td>{budget.DenseAcceptance:0.000}</td>");
            table.AppendJoin("", Styles.Select(style => string.Create(CultureInfo.InvariantCulture, $"<td>{budget.CrossEntropy[style.Arm]:0.0000}</td>"))).Append("</tr>");
        }

        return table.Append("</table>").ToString();
    }

    /// <summary>Axes from 0 to <paramref name="mostTokens"/> and from <paramref name="low"/> to <paramref name="high"/>, and what is drawn between them.</summary>
    private sealed class Chart(string title, double mostTokens, double low, double high)
    {
        private readonly StringBuilder _marks = new();
        private int _lines;

        public void Tick(double value, string label)
        {
            if (value >= low && value <= high)
            {
                Add($"<line x1='{Left}' x2='{Width - Right}' y1='{Y(value):0.0}' y2='{Y(value):0.0}' stroke='#d8dee4'/><text x='{Left - 8}' y='{Y(value) + 4:0.0}' text-anchor='end'>{label}</text>");
            }
        }

        public void Band(double from, double to) =>
            Add($"<rect x='{Left}' y='{Y(to):0.0}' width='{Width - Left - Right}' height='{Y(from) - Y(to):0.0}' fill='#0072b2' fill-opacity='0.08'/>");

        public void Line(string name, string color, string dash, IEnumerable<(double Tokens, double Value)> points)
        {
            var stroke = $"fill='none' stroke='{color}' stroke-width='2' stroke-dasharray='{dash}'";
            Add($"<polyline points='{string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Tokens):0.0},{Y(point.Value):0.0}")))}' {stroke}/>");
            var y = Top + 14 + (16 * _lines++);
            Add($"<line x1='{Width - 210}' x2='{Width - 186}' y1='{y}' y2='{y}' {stroke}/><text x='{Width - 180}' y='{y + 4}'>{name}</text>");
        }

        public void Interval(string color, double tokens, double from, double to) =>
            Add($"<line x1='{X(tokens):0.0}' x2='{X(tokens):0.0}' y1='{Y(from):0.0}' y2='{Y(to):0.0}' stroke='{color}' stroke-width='4' stroke-opacity='0.35'/>");

        public string Svg()
        {
            for (var quarter = 0; quarter <= 4; quarter++)
            {
                var tokens = mostTokens * quarter / 4;
                Add($"<text x='{X(tokens):0.0}' y='{Height - Bottom + 18}' text-anchor='{(quarter == 4 ? "end" : "middle")}'>{tokens / 1000:0}k</text>");
            }

            Add($"<text x='{(Width + Left) / 2}' y='{Height - 6}' text-anchor='middle'>labelled tokens</text>");
            return $"<svg width='{Width}' height='{Height}' viewBox='0 0 {Width} {Height}' role='img'><title>{title}</title><text x='{Left}' y='20' font-weight='600'>{title}</text>{_marks}</svg>";
        }

        private double X(double tokens) => Left + ((Width - Left - Right) * tokens / mostTokens);

        private double Y(double value) => Height - Bottom - ((Height - Bottom - Top) * (value - low) / (high - low));

        private void Add(FormattableString mark) => _marks.Append(mark.ToString(CultureInfo.InvariantCulture));
    }
}
