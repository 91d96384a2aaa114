using Reflux.Distillation.Compute;

namespace Reflux.Cli.Bench.Quality;

/// <summary>
/// Students that learn from the same uncertain teacher by different labels: does a handful of draws teach as well as the whole distribution?
/// Writes a plot beside its figures.
/// </summary>
internal sealed class QualityBench(ComputeThread compute, QualityTask task, string plot, TextWriter progress)
{
    public async Task<LabelQuality> RunAsync(CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("reflux-quality-").FullName;
        try
        {
            await compute.RunAsync(ComputeQueue.Teacher, () => QualityTeacher.Train(task, directory, compute.Device, progress, cancellation), cancellation);
            var results = new List<SeedResult>();
            for (var seed = 1; seed <= task.Seeds; seed++)
            {
                var current = seed;
                results.Add(await compute.RunAsync(ComputeQueue.Trainer, () => RunSeed(current, directory, cancellation), cancellation));
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(plot))!);
            await File.WriteAllTextAsync(plot, QualityPlot.Html(results), cancellation);
            progress.WriteLine($"plot: {plot}");
            return LabelQuality.Of(results);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private SeedResult RunSeed(int seed, string teacher, CancellationToken cancellation)
    {
        using var run = new QualityRun(task, teacher, (ulong)seed, compute.Device);
        var result = run.Run(
            point => progress.WriteLine(FormattableString.Invariant(
                $"seed {seed}, {point.Tokens} tokens: {string.Join(", ", point.CrossEntropy.Select(arm => FormattableString.Invariant($"{arm.Key} {arm.Value:0.0000}")))}, dense alpha {point.Acceptance[QualityRun.Dense]:0.000}")),
            cancellation);
        progress.WriteLine(FormattableString.Invariant($"seed {seed}: teacher entropy {result.Entropy:0.000} nats, {result.UniqueIds:0.0} unique ids a position"));
        return result;
    }
}
