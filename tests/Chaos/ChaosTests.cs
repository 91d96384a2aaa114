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

    [Theory]
    [InlineData("embedded", "1")]
    [InlineData("durable", "2")]
    public async Task Whatever_is_killed_no_prompt_is_lost_or_trained_twice_and_the_bits_are_those_of_a_replay(string broker, string seed)
    {
        var target = _directory.File("run");

        var (code, output, errors) = await Processes.RunAsync("chaos", "--broker", broker, "--seconds", "60", "--seed", seed, "--json", "--out", target);

        // a slow machine takes longer and does no less: all that is due is sent, every fault of the plan takes place, and the run waits until everything is trained
        Assert.True(code == ExitCodes.Done, output + errors);
        var summary = JsonSerializer.Deserialize<ChaosSummary>(output, RefluxJson.Options)!;
        Assert.Equal(broker, summary.Broker);
        Assert.Empty(ChaosBars.Missed(summary, 60));

        // the shells that watched over the durable broker's processes end by themselves, a moment after them
        Assert.DoesNotContain(Processes.Naming(target), process => !process.StartsWith("/bin/sh", StringComparison.Ordinal));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Processes.Naming(target) is { Count: > 0 } left)
        {
            Assert.False(patience.IsCancellationRequested, string.Join('\n', left));
            await timer.WaitForNextTickAsync();
        }
    }
}
