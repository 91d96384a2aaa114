using Reflux.Samples.Helpdesk.Grammar;

namespace Reflux.Samples.Tests.Grammar;

public sealed class CounterRandomTests
{
    [Fact]
    public void TheSameKeyGivesTheSameValues()
    {
        var first = new CounterRandom(7, 1, 42);
        var second = new CounterRandom(7, 1, 42);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(first.NextBits(), second.NextBits());
        }
    }

    [Fact]
    public void SeedStreamAndIndexAllMatter()
    {
        (ulong Seed, ulong Stream, ulong Index)[] keys = [(7, 1, 42), (8, 1, 42), (7, 2, 42), (7, 1, 43), (1, 7, 42), (42, 1, 7)];
        var firsts = keys.Select(key => new CounterRandom(key.Seed, key.Stream, key.Index).NextBits());
        Assert.Equal(keys.Length, firsts.Distinct().Count());
    }

    [Fact]
    public void IntegersAreUniform()
    {
        var random = new CounterRandom(3, 0, 0);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.NextInt(7)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void DoublesLieInTheUnitInterval()
    {
        var random = new CounterRandom(3, 0, 1);
        var values = new double[10_000];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextDouble();
        }
        Assert.All(values, value => Assert.True(value is >= 0 and < 1));
        Assert.InRange(values.Average(), 0.49, 0.51);
    }
}
