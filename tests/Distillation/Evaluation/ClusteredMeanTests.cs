using Reflux.Distillation.Evaluation;

namespace Reflux.Distillation.Tests.Evaluation;

public class ClusteredMeanTests
{
    [Fact]
    public void ClustersOfOneGiveTheOrdinaryInterval()
    {
        double[] values = [0.1, 0.9, 0.4, 0.7, 0.3];
        var mean = new ClusteredMean();
        foreach (var value in values)
        {
            mean.Add(value, 1);
        }

        var variance = values.Sum(value => Math.Pow(value - 0.48, 2)) / 4;
        Assert.Equal(0.48, mean.Mean, 1e-12);
        Assert.Equal(1.959964 * Math.Sqrt(variance / 5), mean.HalfWidth, 1e-6);
    }

    [Fact]
    public void PositionsThatMoveTogetherCountOnce()
    {
        double[] values = [0.1, 0.9, 0.4, 0.7, 0.3];
        var (single, tenfold) = (new ClusteredMean(), new ClusteredMean());
        foreach (var value in values)
        {
            single.Add(value, 1);
            tenfold.Add(10 * value, 10);
        }

        Assert.Equal(50, tenfold.Count);
        Assert.Equal(single.HalfWidth, tenfold.HalfWidth, 1e-12);
    }

    [Fact]
    public void IntervalCoversTheTruthAsOftenAsItSays()
    {
        var random = new Random(17);
        var covered = 0;
        const int trials = 2000;
        for (var trial = 0; trial < trials; trial++)
        {
            var mean = new ClusteredMean();
            for (var cluster = 0; cluster < 60; cluster++)
            {
                // a level of the cluster's own and noise around it; the true mean is 0.5
                var (level, size) = (random.NextDouble(), random.Next(5, 16));
                mean.Add(Enumerable.Range(0, size).Sum(_ => level + (0.1 * (random.NextDouble() - 0.5))), size);
            }

            covered += Math.Abs(mean.Mean - 0.5) <= mean.HalfWidth ? 1 : 0;
        }

        Assert.InRange((double)covered / trials, 0.92, 0.97);
    }

    [Fact]
    public void NothingMeasuredIsReportedAsNothing()
    {
        var report = new AcceptanceTally().Report();
        Assert.Equal((0, 1, 0L, 0, 0), (report.Acceptance, report.HalfWidth, report.Positions, report.Sequences, report.KlDivergence));
    }

    [Fact]
    public void ADivergenceThatIsNotFiniteIsAbsentAndNotZero()
    {
        var tally = new AcceptanceTally();
        tally.Add(new PositionEstimates([0, 1], [double.PositiveInfinity, 0.5], [double.PositiveInfinity, 0.7], [0, 1], null), 0, [(Half)1, (Half)1]);

        var report = tally.Report();

        Assert.Equal((null, null, 0.5), (report.KlDivergence, report.CrossEntropy, report.Acceptance));
        Assert.DoesNotContain("klDivergence", System.Text.Json.JsonSerializer.Serialize(report, Reflux.Contracts.RefluxJson.Options), StringComparison.Ordinal);
    }

    [Fact]
    public void UncertainPositionsAreThoseAboveATenthOfANat()
    {
        var tally = new AcceptanceTally();
        var estimates = new PositionEstimates([1, 0.2, 0.4, 1], [0, 1, 2, 0], [0.1, 1.1, 4, 0], [1, 0, 1, 1], [1, 0.4, 0.6, 1]);
        tally.Add(estimates, 0, [(Half)0.05, (Half)0.11, (Half)2]);
        tally.Add(estimates, 3, [Half.Zero]);

        var report = tally.Report();

        Assert.Equal((4L, 2L, 2), (report.Positions, report.PositionsUncertain, report.Sequences));
        Assert.Equal(0.65, report.Acceptance, 1e-12);
        Assert.Equal(0.3, report.AcceptanceUncertain, 1e-12);
        Assert.Equal(0.75, report.KlDivergence!.Value, 1e-12);
        Assert.Equal(1.5, tally.KlDivergenceUncertain.Mean, 1e-12);
        Assert.Equal((1.3, 0.75, 0.75), (report.CrossEntropy!.Mean, report.TopOneAgreement!.Mean, report.AcceptanceUpper!.Mean));
        Assert.Equal(tally.CrossEntropy.HalfWidth, report.CrossEntropy.HalfWidth, 1e-12);
    }
}
