using Reflux.Cli.Bench.HeadLoss;
using Reflux.Cli.Bench.Quality;
using Reflux.Distillation.Compute;

namespace Reflux.Cli.Bench;

/// <summary>Measures what soft labels cost and what they are worth: codec, chunked head and loss and, where it is asked for, the students that they make.</summary>
internal sealed class LabelsBench(int runs, int threads, string python, TextWriter progress)
{
    public async Task<LabelsReport> RunAsync(bool quality, CancellationToken cancellation)
    {
        var codec = new CodecBench(runs, progress).Run(cancellation);
        var chunkedLoss = await new HeadLossBench(runs, threads, python, progress).RunAsync(HeadLossShape.Standard, cancellation);
        return new LabelsReport(codec, chunkedLoss, quality ? await QualityAsync(cancellation) : null);
    }

    private async Task<LabelQuality> QualityAsync(CancellationToken cancellation)
    {
        using var compute = new ComputeThread(new ComputeOptions { Threads = threads });
        return await new QualityBench(compute, new QualityTask(), Path.Combine("artifacts", "bench", "labels.html"), progress).RunAsync(cancellation);
    }
}
