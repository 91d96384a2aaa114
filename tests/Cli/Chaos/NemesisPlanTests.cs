using Reflux.Cli.Chaos;

namespace Reflux.Cli.Tests.Chaos;

public sealed class NemesisPlanTests
{
    [Fact]
    public void The_same_seed_plans_the_same_faults_and_another_seed_others()
    {
        Assert.Equal(NemesisPlan.Of(7, 120, smallDisk: true), NemesisPlan.Of(7, 120, smallDisk: true));
        Assert.NotEqual(NemesisPlan.Of(7, 120, smallDisk: true), NemesisPlan.Of(8, 120, smallDisk: true));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(90)]
    [InlineData(120)]
    [InlineData(600)]
    public void Every_kind_is_planned_and_kills_are_enough_for_the_bar(double seconds)
    {
        for (var seed = 0UL; seed < 200; seed++)
        {
            var plan = NemesisPlan.Of(seed, seconds, smallDisk: true);

            Assert.Equal(Enum.GetValues<NemesisKind>().Order(), plan.Select(fault => fault.Kind).Distinct().Order());
            var kills = plan.Where(fault => fault.Kind is NemesisKind.Kill or NemesisKind.TornCheckpoint).ToList();
            Assert.True(kills.Count >= Math.Ceiling(10 * Math.Min(1, seconds / 120)), $"{kills.Count} kills in {seconds} s");
            Assert.DoesNotContain(kills, fault => fault.Target == ChaosProcesses.Broker);
            Assert.Equal(3, kills.Select(fault => fault.Target).Distinct().Count());
            Assert.InRange(plan.Count(fault => fault.Kind == NemesisKind.Stop), 1, 3);
            Assert.All(plan, fault => Assert.InRange(fault.At.TotalSeconds, 5, seconds - 2));
            Assert.Equal(plan.Select(fault => fault.At).Order(), plan.Select(fault => fault.At));
        }
    }

    [Fact]
    public void A_disk_is_filled_only_where_there_is_one()
    {
        Assert.DoesNotContain(NemesisPlan.Of(1, 120, smallDisk: false), fault => fault.Kind == NemesisKind.FullDisk);
    }
}
