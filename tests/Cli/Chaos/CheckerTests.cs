using Reflux.Cli.Chaos;
using Reflux.Contracts.Identity;
using static Reflux.Cli.Tests.Chaos.CheckerFixture;

namespace Reflux.Cli.Tests.Chaos;

public sealed class CheckerTests
{
    private readonly CheckerFixture _run = new();

    [Fact]
    public void A_student_that_did_right_by_its_log_has_nothing_lost_and_nothing_twice()
    {
        var report = _run.Run();

        Assert.Empty(report.Problems);
        Assert.Equal(new CheckerReport(6, Trained: 4, Holdout: 1, DeadLettered: 0, Quarantined: 0, Pending: 1, Lost: 0, TrainedTwice: 0, report.Problems), report);
    }

    [Fact]
    public void An_acknowledged_prompt_without_a_label_is_lost()
    {
        _run.Evidence = _run.Evidence with { Acknowledged = [.. _run.Evidence.Acknowledged, Id(6)] };

        Assert.Equal(1, _run.Run().Lost);
    }

    [Fact]
    public void A_sequence_that_the_student_passed_over_is_lost()
    {
        _run.Evidence = _run.Evidence with { Account = Account(trained: [0, 2, 3], holdout: [1]) };

        var report = _run.Run();

        Assert.Equal((1L, 0L), (report.Lost, report.TrainedTwice));
        Assert.NotEmpty(report.Problems);
    }

    [Fact]
    public void A_sequence_that_the_student_trained_on_again_is_found()
    {
        _run.Evidence = _run.Evidence with { Account = Account(trained: [0, 2, 3, 4, 3], holdout: [1]) };

        var report = _run.Run();

        Assert.Equal((0L, 1L), (report.Lost, report.TrainedTwice));
        Assert.NotEmpty(report.Problems);
    }

    [Fact]
    public void A_double_that_hides_a_loss_is_found()
    {
        _run.Evidence = _run.Evidence with { Account = Account(trained: [0, 2, 3, 3], holdout: [1]) };

        var report = _run.Run();

        Assert.Equal((1L, 1L), (report.Lost, report.TrainedTwice));
    }

    [Fact]
    public void Poison_that_is_not_among_the_dead_letters_is_a_problem()
    {
        _run.Evidence = _run.Evidence with { DeadLetters = [_run.Evidence.DeadLetters[1]] };

        Assert.Contains("offset 2", Assert.Single(_run.Run().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_that_passed_a_prompt_without_a_label_is_a_problem()
    {
        _run.Evidence = _run.Evidence with { Commits = [Commit(next: 5, labelEnd: 4)] };

        Assert.Contains("before prompt 4 was done with", Assert.Single(_run.Run().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_may_pass_a_record_that_only_names_the_log()
    {
        var commit = Commit(next: 5, labelEnd: 4);
        _run.Evidence = _run.Evidence with { Commits = [commit], Marks = new HashSet<Position> { commit.Next with { Offset = 4 } } };

        Assert.Empty(_run.Run().Problems);
    }

    [Fact]
    public void A_label_record_that_only_names_the_log_counts_for_nothing()
    {
        var ledger = CheckerLedger.Of([[], Record(0, 2)], _run.Evidence.Rules);

        Assert.Empty(ledger.Rejected);
        Assert.Equal(2, ledger.Training.Count);
        Assert.All(ledger.FirstLabel.Values, offset => Assert.Equal(1, offset));
    }

    [Fact]
    public void An_archive_that_differs_from_the_broker_is_a_problem()
    {
        _run.Evidence = _run.Evidence with { Broker = new Dictionary<long, byte[]>(_run.Evidence.Broker) { [3] = Record(1, 3) } };

        Assert.Contains("another in the archive", Assert.Single(_run.Run().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_is_nowhere_is_a_problem()
    {
        _run.Evidence = _run.Evidence with { Archive = new Dictionary<long, byte[]>() };

        Assert.Contains(_run.Run().Problems, problem => problem.Contains("offset 0 is neither", StringComparison.Ordinal));
    }
}
