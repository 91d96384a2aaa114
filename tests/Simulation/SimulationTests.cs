using System.Diagnostics;
using System.Globalization;
using Reflux.Simulation.Tests.Installation;
using Xunit.Abstractions;

namespace Reflux.Simulation.Tests;

/// <summary>Whole installations under every fault, by seed. <c>REFLUX_SIMULATION_SEED</c> runs one seed again.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static int? OnlySeed => int.TryParse(Environment.GetEnvironmentVariable("REFLUX_SIMULATION_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : null;

    [Fact]
    public void Nothing_is_lost_and_nothing_counts_twice() => Sweep(1, 200);

    [Fact]
    [Trait("Speed", "slow")]
    public void Nothing_is_lost_and_nothing_counts_twice_over_many_seeds() => Sweep(1001, 1000);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_seed_is_the_same_run_again(int seed)
    {
        var first = Installation.Simulation.Run(seed);
        var second = Installation.Simulation.Run(seed);

        Assert.Equal((first.Hash, first.Turns), (second.Hash, second.Turns));
        Assert.Equal(first.Events, second.Events);
        Assert.NotEqual(first.Hash, Installation.Simulation.Run(seed + 100).Hash);
    }

    [Fact]
    public void The_faults_of_a_few_seeds_are_all_there_are()
    {
        var faults = Enumerable.Range(1, 30).SelectMany(seed => Installation.Simulation.Run(seed).Faults.Keys).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(["brokerAway", "crash", "duplicates", "garbage", "pause", "sameRecordAgain", "split", "stop", "tornCheckpoint"], faults);
    }

    private void Sweep(int from, int count)
    {
        var seeds = OnlySeed is { } only ? [only] : Enumerable.Range(from, count).ToArray();
        var started = Stopwatch.GetTimestamp();
        var outcomes = seeds.AsParallel().WithDegreeOfParallelism(2).Select(seed => Installation.Simulation.Run(seed)).ToList();
        var minutes = Stopwatch.GetElapsedTime(started).TotalMinutes;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{seeds.Length} seeds, {seeds.Length / minutes:0} a minute, {outcomes.Average(o => o.Turns):0} turns, {outcomes.Average(o => o.Accepted):0} prompts and {outcomes.Average(o => o.Steps):0} steps each"));
        if (OnlySeed is not null)
        {
            output.WriteLine($"trace {outcomes[0].Hash:x16}");
        }

        var failed = outcomes.Where(outcome => outcome.Violation is not null).OrderBy(outcome => outcome.Seed).ToList();

        Assert.True(failed.Count == 0, $"{failed.Count} seeds:\n{string.Join('\n', failed.Select(outcome => $"{outcome.Seed}: {outcome.Violation}"))}\n{failed.FirstOrDefault()?.Report}");
    }
}
