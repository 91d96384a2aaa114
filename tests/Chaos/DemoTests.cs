using System.Text.Json;
using Reflux.Cli;
using Reflux.Cli.Demo;
using Reflux.Contracts;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>The demo as a user runs it, in processes of its own.</summary>
[Collection("processes")]
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task A_short_run_carries_every_prompt_through_a_kill_into_a_snapshot()
    {
        var (_, output, errors) = await Processes.RunAsync("demo", "--json", "--seconds", "12", "--kill-silo-at", "40%", "--out", _directory.Path);

        var summary = Summary(output, errors);
        Assert.Equal((0L, 0L), (summary.Recovered!.LostRecords, summary.Recovered.TrainedTwice));
        Assert.True(summary.Prompts > 100, $"{summary.Prompts} prompts");
        Assert.True(summary.Steps >= 5, $"{summary.Steps} steps");
        Assert.True(summary.Pulled is { Sha256Verified: true, GreedyMatch: true, Version: > 0 }, $"{summary.Pulled}");
        Assert.True(summary.Acceptance.End > summary.Acceptance.Start + 0.1, $"{summary.Acceptance}");
        Assert.True(File.Exists(_directory.File("report.html")));
        Assert.Empty(Processes.Naming(_directory.Path));
    }

    [Theory]
    [Trait("Speed", "slow")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_run_reaches_the_bars(bool kill)
    {
        string[] arguments = ["demo", "--json", "--out", _directory.Path];
        var (code, output, errors) = await Processes.RunAsync(kill ? [.. arguments, "--kill-silo-at", "40%"] : arguments);

        Assert.Empty(Summary(output, errors).BarsMissed);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Empty(Processes.Naming(_directory.Path));
    }

    [Theory]
    [InlineData("demo: broker")]
    [InlineData("demo: the student is at step 0")]
    public async Task Ctrl_C_stops_every_child_and_exits_130(string moment)
    {
        using var demo = Processes.Reflux("demo", "--out", _directory.Path);
        var errors = demo.StandardError.ReadToEndAsync();
        await Processes.UntilAsync(demo, moment);

        Processes.Signal(demo.Id, ProcessSignal.Interrupt);
        await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();

        Assert.True(demo.ExitCode == ExitCodes.Interrupted, $"exit code {demo.ExitCode}: {await errors}");
        Assert.Empty(Processes.Naming(_directory.Path));
    }

    public void Dispose() => _directory.Dispose();

    private static DemoSummary Summary(string output, string errors)
    {
        var last = output.TrimEnd().Split('\n')[^1];
        Assert.True(last.StartsWith('{'), $"no summary: {last} {errors}");
        return JsonSerializer.Deserialize<DemoSummary>(last, RefluxJson.Options)!;
    }
}
