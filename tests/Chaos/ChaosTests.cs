using System.Text.Json;
using Reflux.Cli;
using Reflux.Cli.Chaos;
using Reflux.Contracts;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>A whole installation under a nemesis, as `reflux chaos` runs it.</summary>
[Collection("processes")]
[Trait("Speed", "slow")]
public sealed class ChaosTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Whatever_is_killed_no_prompt_is_lost_or_trained_twice_and_the_bits_are_those_of_a_replay()
    {
        var target = _directory.File("run");

        var (code, output, errors) = await Processes.RunAsync("chaos", "--seconds", "60", "--seed", "1", "--json", "--out", target);

        Assert.True(code == ExitCodes.Done, output + errors);
        var summary = JsonSerializer.Deserialize<ChaosSummary>(output, RefluxJson.Options)!;
        Assert.Equal((0L, 0L, true, 0), (summary.Lost, summary.TrainedTwice, summary.Identical, summary.SnapshotsTorn));
        Assert.True(summary.Kills >= 5, $"{summary.Kills} kills");
        Assert.True(summary.Acknowledged >= 1000, $"{summary.Acknowledged} acknowledged");
        Assert.Empty(Processes.Naming(target));
    }
}
