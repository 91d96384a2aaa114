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

        var (_, output, errors) = await Processes.RunAsync("chaos", "--broker", broker, "--seconds", "60", "--seed", seed, "--json", "--out", target);

        // how much comes in between depends on the machine; the verb's own bars are those of one that does nothing else
        Assert.True(output.Length > 0, errors);
        var summary = JsonSerializer.Deserialize<ChaosSummary>(output, RefluxJson.Options)!;
        Assert.Equal(broker, summary.Broker);
        Assert.True((summary.Lost, summary.TrainedTwice, summary.Identical, summary.SnapshotsTorn) == (0, 0, true, 0), output + errors);
        Assert.Equal(summary.Acknowledged, summary.Trained + summary.Holdout + summary.SampledOut + summary.DeadLettered + summary.Quarantined + summary.Pending);
        var missed = errors.Split('\n').LastOrDefault(line => line.StartsWith("chaos: MISSED: ", StringComparison.Ordinal))?["chaos: MISSED: ".Length..].Split("; ") ?? [];
        Assert.All(missed, what => Assert.Matches("^[0-9]+ (kills|acknowledged prompts|steps), [0-9]+ are needed$|^no fault of the kind ", what));
        Assert.True(summary.Kills >= 3 && summary.Acknowledged >= 200, output + errors);
        Assert.Empty(Processes.Naming(target));
    }
}
