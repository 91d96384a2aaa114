using Reflux.Cli.Chaos;

namespace Reflux.Cli.Tests.Chaos;

public sealed class NemesisPlanTests
{
    [Fact]
    public void The_same_seed_plans_the_same_faults_and_another_seed_others()
    {
        Assert.Equal(NemesisPlan.Of(7, 120, smallDisk: true, durable: false), NemesisPlan.Of(7, 120, smallDisk: true, durable: false));
        Assert.NotEqual(NemesisPlan.Of(7, 120, smallDisk: true, durable: false), NemesisPlan.Of(8, 120, smallDisk: true, durable: false));
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(60, true)]
    [InlineData(90, false)]
    [InlineData(90, true)]
    [InlineData(120, false)]
    [InlineData(120, true)]
    [InlineData(600, false)]
    public void Every_kind_that_the_broker_allows_is_planned_and_kills_are_enough_for_the_bar(double seconds, bool durable)
    {
        for (var seed = 0UL; seed < 200; seed++)
        {
            var plan = NemesisPlan.Of(seed, seconds, smallDisk: true, durable);

            Assert.Equal(NemesisPlan.Kinds(smallDisk: true, durable).Order(), plan.Select(fault => fault.Kind).Distinct().Order());
            var kills = plan.Where(fault => fault.Kind is NemesisKind.Kill or NemesisKind.TornCheckpoint or NemesisKind.BrokerKill or NemesisKind.ZombieTrainer).ToList();
            Assert.True(kills.Count >= Math.Ceiling(10 * Math.Min(1, seconds / 120)), $"{kills.Count} kills in {seconds} s");
            Assert.All(kills, fault => Assert.Equal(fault.Kind == NemesisKind.BrokerKill, fault.Target == ChaosProcesses.Broker));
            Assert.Equal(durable ? 4 : 3, kills.Select(fault => fault.Target).Distinct().Count());
            Assert.InRange(plan.Count(fault => fault.Kind == NemesisKind.Stop), 1, 3);
            Assert.All(plan, fault => Assert.InRange(fault.At.TotalSeconds, 5, seconds - 2));
            Assert.Equal(plan.Select(fault => fault.At).Order(), plan.Select(fault => fault.At));
        }
    }

    [Fact]
    public void A_disk_is_filled_only_where_there_is_one()
    {
        Assert.DoesNotContain(NemesisPlan.Of(1, 120, smallDisk: false, durable: false), fault => fault.Kind == NemesisKind.FullDisk);
    }
}
