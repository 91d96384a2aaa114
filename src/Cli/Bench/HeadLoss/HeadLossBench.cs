using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Errors;

namespace Reflux.Cli.Bench.HeadLoss;

/// <summary>Head and loss in chunks beside the naive ones and those of PyTorch, in turns, each run in a process of its own.</summary>
/// <param name="runs">Of each; medians count.</param>
/// <param name="threads">Compute threads.</param>
/// <param name="python">A Python with torch; without one that peer is left out.</param>
/// <param name="progress">One line a run.</param>
internal sealed class HeadLossBench(int runs, int threads, string python, TextWriter progress)
{
    private const string Script = "head_loss.py";

    public async Task<ChunkedLossCost> RunAsync(HeadLossShape shape, CancellationToken cancellation)
    {
        var (chunked, naive, peer) = (new List<HeadLossFigures>(), new List<HeadLossFigures>(), new List<HeadLossFigures>());
        var hasPeer = true;
        for (var run = 1; run <= runs; run++)
        {
            await AddAsync("in chunks", chunked, Ours(shape, naive: false), run, cancellation);
            await AddAsync("naive", naive, Ours(shape, naive: true), run, cancellation);
            hasPeer = hasPeer && await AddPeerAsync(shape, peer, run, cancellation);
        }

        double Peak(List<HeadLossFigures> side) => RunStatistics.Median([.. side.Select(figures => (double)figures.PeakBytes)]);
        double Seconds(List<HeadLossFigures> side) => RunStatistics.Median([.. side.Select(figures => figures.Seconds)]);
        double Spread(List<HeadLossFigures> side) => RunStatistics.Spread([.. side.Select(figures => figures.Seconds)]);
        return new ChunkedLossCost(
            Peak(chunked) / Peak(naive),
            Seconds(chunked) / Seconds(naive),
            naive.Max(figures => figures.GradientError!.Value),
            Peak(chunked),
            Peak(naive),
            Seconds(chunked),
            Seconds(naive),
            Spread(chunked),
            Spread(naive),
            hasPeer ? Peak(chunked) / Peak(peer) : null,
            hasPeer ? Seconds(chunked) / Seconds(peer) : null);
    }

    private async Task AddAsync(string what, List<HeadLossFigures> side, ProcessStartInfo start, int run, CancellationToken cancellation)
    {
        var figures = await RunAsync(start, cancellation);
        side.Add(figures);
        progress.WriteLine(FormattableString.Invariant($"head and loss {what}, run {run}: {figures.Seconds:0.00} s, {figures.PeakBytes / 1048576.0:0} MiB"));
    }

    private async Task<bool> AddPeerAsync(HeadLossShape shape, List<HeadLossFigures> side, int run, CancellationToken cancellation)
    {
        try
        {
            var start = ReferenceProcess.Script(python, Script);
            Array.ForEach([shape.Tokens, shape.Hidden, shape.Vocabulary, threads], number => start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture)));
            Array.ForEach([shape.Dtype, shape.Device], start.ArgumentList.Add);
            await AddAsync("of PyTorch", side, start, run, cancellation);
            return true;
        }
        catch (RefluxException missing) when (missing.Code == ErrorCodes.NotSupportedHere && run == 1)
        {
            progress.WriteLine($"head and loss of PyTorch: left out, {missing.Message}");
            return false;
        }
    }

    private ProcessStartInfo Ours(HeadLossShape shape, bool naive)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(HeadLossBench).Assembly.Location);
        }

        string[] arguments =
        [
            "bench", "head-loss", "--tokens", $"{shape.Tokens}", "--hidden", $"{shape.Hidden}", "--vocabulary", $"{shape.Vocabulary}", "--dtype", shape.Dtype, "--device", shape.Device, "--threads", $"{threads}",
            .. naive ? (string[])["--naive"] : [],
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        return start;
    }

    private static async Task<HeadLossFigures> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        using var process = ReferenceProcess.Start(start);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var answer = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize<HeadLossFigures>(answer, RefluxJson.Options)!
                : throw new RefluxException(
                    ErrorCodes.NotSupportedHere, $"'{Path.GetFileName(start.FileName)}' left with {process.ExitCode}: {(await errors).Trim().Split('\n')[^1]}", "see that it has the memory and the packages that it needs");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
