using Reflux.Cli.Demo;
using Reflux.Contracts.Identity;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Tests;

public sealed class TrafficPaceTests
{
    private readonly AcceptedPrompts _accepted = new();
    private readonly TrafficPace _pace = new();

    [Fact]
    public void A_student_that_keeps_up_never_holds_the_traffic_back()
    {
        Accept(1, 2, 3);
        _pace.Report(3);

        Assert.False(Held(now: 1000));
        Assert.Equal(0, _pace.HeldBackSeconds);
    }

    [Fact]
    public void The_oldest_prompt_without_an_effect_decides()
    {
        Accept([1, 2, .. Enumerable.Repeat(3.0, TrafficPace.AlwaysOpen)]);
        _pace.Report(1);

        Assert.False(Held(now: 3 + TrafficPace.LongestWaitSeconds));
        Assert.True(Held(now: 3.1 + TrafficPace.LongestWaitSeconds));
        Assert.Equal(0.25, _pace.HeldBackSeconds);

        _pace.Report(2);
        Assert.False(Held(now: 1000));
        Assert.Equal(0.25, _pace.HeldBackSeconds);
    }

    [Fact]
    public void Prompts_that_wait_for_a_full_step_hold_nothing_back()
    {
        Accept([.. Enumerable.Repeat(1.0, TrafficPace.AlwaysOpen)]);

        Assert.False(Held(now: 1000));
    }

    [Fact]
    public void A_prompt_accepted_twice_counts_once()
    {
        var id = Id128.Random();
        foreach (var seconds in new double[] { 1, 9 })
        {
            _accepted.Add(id, new AcceptedPrompts.Entry(ProductLine.Kitchen, default, seconds));
        }

        Assert.Equal((1, 1.0, null), (_accepted.Count, _accepted.SecondsOf(0), _accepted.SecondsOf(1)));
    }

    private bool Held(double now) => _pace.HoldsBack(_accepted, now, tickSeconds: 0.25);

    private void Accept(params double[] times)
    {
        foreach (var time in times)
        {
            _accepted.Add(Id128.Random(), new AcceptedPrompts.Entry(ProductLine.Kitchen, default, time));
        }
    }
}
