using System.Text.Json;
using Reflux.Cli.Bench;
using Reflux.Cli.Bench.HeadLoss;
using Reflux.Cli.Output;
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
    public async Task Head_loss_in_bfloat16_is_within_its_rounding()
    {
        var (code, output, _) = await CommandLine.RunAsync("bench", "head-loss", "--tokens", "64", "--hidden", "16", "--vocabulary", "1000", "--dtype", "bf16", "--threads", "1", "--naive");

        Assert.Equal(ExitCodes.Done, code);
        // rounded differently it is off by some 2⁻⁸; in float32 it would be below 1e-5
        Assert.InRange(JsonSerializer.Deserialize<HeadLossFigures>(output, RefluxJson.Options)!.GradientError!.Value, 1e-5, 0.02);
    }

    [Fact]
    public async Task Head_loss_on_a_device_that_is_not_there_is_refused()
    {
        var (code, _, errors) = await CommandLine.RunAsync("bench", "head-loss", "--tokens", "64", "--hidden", "16", "--vocabulary", "1000", "--device", "cuda:99");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("cuda:99", errors, StringComparison.Ordinal);
        Assert.Contains("error code: not-supported-here", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_of_the_broker_is_read_as_every_verb_reads_it()
    {
        var (code, _, errors) = await CommandLine.RunAsync("bench", "log", "--only", "throughput", "--set", "Kafka:BootstrapServers=127.0.0.1:9", "--set", "Kafka:ConnectTimeoutSeconds=0");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("ConnectTimeoutSeconds", errors, StringComparison.Ordinal);
        Assert.Contains("error code: option-out-of-range", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_brokers_are_one_too_many()
    {
        var (code, _, errors) = await CommandLine.RunAsync("bench", "log", "--broker", "durable", "--set", "Kafka:BootstrapServers=127.0.0.1:9");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("127.0.0.1:9", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Missed_bars_of_labels_are_named()
    {
        var good = new ChunkedLossCost(0.15, 0.7, 1e-5, 1, 1, 1, 1, 0, 0, null, null);

        Assert.Empty(new LabelsReport(null, good, null).Missed);
        Assert.Empty(new LabelsReport(null, null, null).Missed);
        Assert.Contains("of the naive memory", Assert.Single(new LabelsReport(null, good with { PeakBytesRatio = 0.16 }, null).Missed), StringComparison.Ordinal);
        Assert.Contains("of the naive time", Assert.Single(new LabelsReport(null, good with { TimeRatio = 0.86 }, null).Missed), StringComparison.Ordinal);
        Assert.Contains("gradients", Assert.Single(new LabelsReport(null, good with { MaxGradError = double.NaN }, null).Missed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sampled", 151_936, 34, 2e6, 5e6, null)]
    [InlineData("sampled", 151_936, 34.1, 2e6, 5e6, "bytes a token")]
    [InlineData("sampled", 32_000, 30.1, 2e6, 5e6, "bytes a token")]
    [InlineData("sampled", 2_048, 24.1, 2e6, 5e6, "bytes a token")]
    [InlineData("sampled", 2_048, 24, 1.9e6, 5e6, "is encoded at 1.9 M")]
    [InlineData("sampled", 2_048, 24, 2e6, 4.9e6, "is decoded at 4.9 M")]
    [InlineData("topk", 151_936, 200, 1, 1, null)]
    [InlineData("topk", 151_936, 201, 1, 1, "bytes a token")]
    public void So_are_those_of_label_records(string kind, int vocabulary, double bytes, double encoded, double decoded, string? missed)
    {
        var report = new LabelsReport([new CodecSpeed(kind, vocabulary, 12, bytes, bytes, encoded, decoded)], null, null);

        Assert.Equal(missed is not null, report.Missed.Any(said => said.Contains(missed ?? "", StringComparison.Ordinal)));
        Assert.Equal(missed is null ? 0 : 1, report.Missed.Count);
    }

    [Theory]
    [InlineData(ExitCodes.Done, "bench: every bar reached")]
    [InlineData(ExitCodes.Failed, "bench: MISSED: this; that", "this", "that")]
    public void A_missed_bar_is_the_exit_code(int expected, string said, params string[] missed)
    {
        var errors = Console.Error;
        using var written = new StringWriter();
        Console.SetError(written);
        try
        {
            Assert.Equal(expected, Verdict.Of("bench", missed));
        }
        finally
        {
            Console.SetError(errors);
        }

        Assert.Equal(said, written.ToString().Trim());
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
