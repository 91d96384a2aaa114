using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Tests.Support;

namespace Reflux.Contracts.Tests.Faults;

public sealed class FaultPlanTests
{
    [Fact]
    public void A_fault_comes_at_its_times_and_at_no_other()
    {
        var plan = FaultPlan.Parse("a.b=kill, c-d.e:3=enospc,a.b:4-5=unavailable");

        Assert.Equal(
            [FaultAction.Kill, null, null, FaultAction.Unavailable, FaultAction.Unavailable, null],
            Enumerable.Range(0, 6).Select(_ => plan.Next("a.b")));
        Assert.Equal([null, null, FaultAction.Enospc, null], Enumerable.Range(0, 4).Select(_ => plan.Next("c-d.e")));
        Assert.Null(plan.Next("other"));
    }

    [Fact]
    public void A_fault_lasts_as_long_as_its_file()
    {
        using var directory = new TemporaryDirectory();
        var flag = directory.File("full");
        var plan = FaultPlan.Parse($"disk@{flag}=enospc");

        Assert.Null(plan.Next("disk"));
        File.WriteAllText(flag, "");
        Assert.Equal([FaultAction.Enospc, FaultAction.Enospc], [plan.Next("disk"), plan.Next("disk")]);
        File.Delete(flag);
        Assert.Null(plan.Next("disk"));
    }

    [Fact]
    public void A_full_disk_and_an_absent_broker_look_like_real_ones()
    {
        var plan = FaultPlan.Parse("disk=enospc,broker=unavailable");

        Assert.Contains("No space left", Assert.Throws<IOException>(() => plan.Reach("disk")).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.BrokerUnavailable, Assert.Throws<RefluxException>(() => plan.Reach("broker")).Code);
        plan.Reach("disk");
    }

    [Theory]
    [InlineData("checkpoint.write")]
    [InlineData("checkpoint.write=explode")]
    [InlineData("checkpoint.write:=kill")]
    [InlineData("checkpoint.write:1-=kill")]
    [InlineData("Checkpoint=kill")]
    public void What_is_no_plan_is_refused_with_its_words(string text)
    {
        var refusal = Assert.Throws<RefluxException>(() => FaultPlan.Parse(text));

        Assert.Equal(ErrorCodes.OptionOutOfRange, refusal.Code);
        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }
}
