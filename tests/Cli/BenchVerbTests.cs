using System.Text.Json;
using Reflux.Cli.Bench.HeadLoss;
using Reflux.Contracts;

namespace Reflux.Cli.Tests;

[Collection("console")]
public sealed class BenchVerbTests
{
    [Theory]
    [InlineData("/nowhere/python3", "can't be started")]
    [InlineData("/bin/false", "does not run on '/bin/false'")]
    public async Task Without_the_peer_it_says_what_is_missing(string python, string expected)
    {
        var (code, _, errors) = await CommandLine.RunAsync("bench", "models", "--python", python, "--threads", "1");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("install python3-torch", errors, StringComparison.Ordinal);
        Assert.Contains("error code: not-supported-here", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_loss_measures_one_way_and_compares_the_other()
    {
        var (code, output, _) = await CommandLine.RunAsync("bench", "head-loss", "--tokens", "64", "--hidden", "16", "--vocabulary", "1000", "--threads", "1", "--naive");

        Assert.Equal(ExitCodes.Done, code);
        var figures = JsonSerializer.Deserialize<HeadLossFigures>(output, RefluxJson.Options)!;
        Assert.InRange(figures.GradientError!.Value, 0, 1e-5);
        Assert.True(figures.Seconds > 0);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Chunks_take_a_small_part_of_the_naive_memory()
    {
        var cost = await new HeadLossBench(1, Environment.ProcessorCount, "/nowhere/python3", TextWriter.Null).RunAsync(HeadLossShape.Standard, CancellationToken.None);

        Assert.InRange(cost.PeakBytesRatio, 0, 0.15);
        Assert.InRange(cost.MaxGradError, 0, 1e-5);
        Assert.Null(cost.ReferenceTimeRatio);
    }
}
