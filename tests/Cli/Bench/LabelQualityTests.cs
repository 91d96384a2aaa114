using System.Text.Json;
using System.Xml.Linq;
using Reflux.Cli.Bench.Quality;
using Reflux.Contracts;

namespace Reflux.Cli.Tests.Bench;

public sealed class LabelQualityTests
{
    [Fact]
    public void AGapIsTheMeanOfThePairsWithStudentsInterval()
    {
        // 1 … 5: deviation √2.5, t with four degrees of freedom 2.776
        var gap = PairedGap.Of([1, 2, 3, 4, 5]);
        Assert.Equal(3, gap.Mean, 1e-12);
        Assert.Equal(3 + (2.776 * Math.Sqrt(2.5 / 5)), gap.High, 1e-12);
        Assert.Equal(3 - (2.776 * Math.Sqrt(2.5 / 5)), gap.Low, 1e-12);
    }

    [Fact]
    public void TheLargerBudgetIsReportedAndTheSmallerIsHalfOfIt()
    {
        var quality = LabelQuality.Of(Seeds());

        Assert.Equal([150, 300], quality.Budgets.Select(budget => budget.Tokens));
        Assert.Equal((1.0, 1.004), (quality.DenseCe, Math.Round(quality.SampledCe, 9)));
        Assert.Equal(0.004, quality.GapNats, 1e-9);
        Assert.Empty(quality.Missed);

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(quality, RefluxJson.Options));
        foreach (var member in new[] { "entropy", "denseCe", "sampledCe", "gapNats", "topkNoTailCe" })
        {
            Assert.Equal(JsonValueKind.Number, json.RootElement.GetProperty(member).ValueKind);
        }

        Assert.Equal(2, json.RootElement.GetProperty("gapCi").GetArrayLength());
    }

    [Theory]
    [InlineData(0.3, 0.9, 0.004, 0.05, "entropy")]
    [InlineData(0.9, 0.7, 0.004, 0.05, "acceptance")]
    [InlineData(0.9, 0.9, 0.02, 0.05, "gap")]
    [InlineData(0.9, 0.9, 0.004, 0.0041, "without tail")]
    public void MissedBarsAreNamed(double entropy, double acceptance, double gap, double biased, string named) =>
        Assert.Contains(named, Assert.Single(LabelQuality.Of(Seeds(entropy, acceptance, gap, biased)).Missed), StringComparison.Ordinal);

    [Fact]
    public void ThePlotIsAPageOfItsOwn()
    {
        var page = QualityPlot.Html(Seeds());

        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        var charts = page.Split("<svg").Skip(1).Select(part => XDocument.Parse("<svg" + part.Split("</svg>")[0] + "</svg>")).ToArray();
        Assert.Equal([4, 3], charts.Select(chart => chart.Descendants("polyline").Count()));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    private static SeedResult[] Seeds(double entropy = 0.9, double acceptance = 0.9, double gap = 0.004, double biased = 0.05) =>
    [
        .. Enumerable.Range(-2, 5).Select(seed => new SeedResult(entropy, 5, [.. Enumerable.Range(1, 10).Select(point => new QualityPoint(
            30 * point,
            new Dictionary<string, double>
            {
                [QualityRun.Dense] = 1 + (seed * 0.01),
                [QualityRun.Sampled] = 1 + (seed * 0.01) + gap + (seed * 0.0001),
                [QualityRun.TopK] = 1.001 + (seed * 0.01),
                [QualityRun.TopKNoTail] = 1 + (seed * 0.01) + biased,
            },
            new Dictionary<string, double> { [QualityRun.Dense] = acceptance }))])),
    ];
}
