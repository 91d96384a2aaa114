using Reflux.Cli.Demo;
using static Reflux.Cli.Tests.DemoFixtures;

namespace Reflux.Cli.Tests;

public sealed class EffectLedgerTests
{
    private readonly DemoFixtures _run = new();

    [Fact]
    public void Every_accepted_prompt_with_one_effect_is_well()
    {
        _run.Accept(1, 0);
        _run.Accept(2, 1);
        _run.Label(0, (1, 0, false), (2, 1, true));

        Assert.Equal(new EffectLedger.Verdict(0, 0, 0), Check(Accounting(trained: [1], holdout: [2], effects: [0, 1])));
    }

    [Fact]
    public void An_accepted_prompt_without_an_effect_is_lost()
    {
        _run.Accept(1, 0);
        _run.Accept(2, 1);
        _run.Label(0, (1, 0, false), (2, 1, false));

        Assert.Equal(new EffectLedger.Verdict(1, 0, 0), Check(Accounting(trained: [1], holdout: [], effects: [0])));
    }

    [Fact]
    public void A_prompt_that_never_was_labelled_is_lost()
    {
        _run.Accept(1, 5);

        Assert.Equal(1, Check(Accounting(trained: [], holdout: [], effects: [])).Lost);
    }

    [Fact]
    public void A_prompt_that_waits_for_a_full_step_is_open_and_not_lost()
    {
        _run.Accept(1, 0);
        _run.Label(0, (1, 0, false));

        Assert.Equal(new EffectLedger.Verdict(0, 0, 1), Check(Accounting(trained: [], holdout: [], effects: [], pending: 0)));
    }

    [Fact]
    public void A_retry_that_took_effect_under_its_first_position_is_neither_lost_nor_twice()
    {
        _run.Accept(1, 7);
        _run.Label(0, (1, 3, false));
        _run.Label(1, (1, 7, false));

        Assert.Equal(new EffectLedger.Verdict(0, 0, 0), Check(Accounting(trained: [1], holdout: [], effects: [3])));
    }

    [Fact]
    public void A_retry_whose_second_position_was_dropped_as_a_duplicate_is_not_twice()
    {
        _run.Accept(1, 7);
        _run.Label(0, (1, 3, false));
        _run.Label(1, (1, 7, false));

        Assert.Equal(new EffectLedger.Verdict(0, 0, 0), Check(Accounting(trained: [1], holdout: [], effects: [3, 7])));
    }

    [Fact]
    public void A_retry_that_took_effect_under_both_positions_is_twice()
    {
        _run.Accept(1, 7);
        _run.Label(0, (1, 3, false));
        _run.Label(1, (1, 7, false));

        Assert.Equal(1, Check(Accounting(trained: [1, 1], holdout: [], effects: [3, 7])).Twice);
    }

    [Fact]
    public void More_effects_counted_than_bits_set_is_twice()
    {
        _run.Accept(1, 0);
        _run.Label(0, (1, 0, false));

        Assert.Equal(1, Check(Accounting(trained: [1, 1], holdout: [], effects: [0])).Twice);
    }

    [Fact]
    public void A_prompt_that_is_done_with_but_never_took_effect_is_lost()
    {
        _run.Accept(1, 0);
        _run.Label(0, (1, 0, false));

        Assert.Equal(new EffectLedger.Verdict(1, 0, 0), Check(Accounting(trained: [], holdout: [], effects: [0])));
    }

    [Fact]
    public void One_prompt_twice_and_another_never_do_not_cancel()
    {
        _run.Accept(1, 0);
        _run.Accept(2, 1);
        _run.Label(0, (1, 0, false), (2, 1, false));

        Assert.Equal(new EffectLedger.Verdict(1, 1, 0), Check(Accounting(trained: [1, 1], holdout: [], effects: [0, 1])));
    }

    [Fact]
    public void A_retry_that_waits_under_its_first_position_is_open_though_its_second_is_done_with()
    {
        _run.Accept(1, 7);
        _run.Label(0, (1, 3, false));
        _run.Label(1, (1, 7, false));

        Assert.Equal(new EffectLedger.Verdict(0, 0, 1), Check(Accounting(trained: [], holdout: [], effects: [7], pending: 3)));
    }

    private EffectLedger.Verdict Check(Contracts.Http.StudentAccounting accounting) => EffectLedger.Check(_run.Accepted, _run.Tail, accounting);
}
