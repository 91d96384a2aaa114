using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

/// <summary>Logs, disks, hosts and numbers that fail a trainer.</summary>
public sealed class TrainerFailureTests
{
    [Fact]
    public async Task A_log_that_can_not_be_opened_is_a_failure_with_the_logs_own_words()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0));
        await student.TrainToEndAsync();
        var context = student.Context(9) with { Labels = new ForeignLog() };

        await using var trainer = new StudentTrainer(context);
        trainer.Start();
        await trainer.Completion;

        Assert.Equal(TrainerState.Failed, trainer.State);
        Assert.Contains("another log", trainer.Message);
    }

    [Theory]
    [InlineData(ErrorCodes.PositionForeignLog, true)]
    [InlineData(ErrorCodes.PositionOutOfRange, true)]
    [InlineData(ErrorCodes.LogGap, true)]
    [InlineData(ErrorCodes.ModelInvalid, false)]
    public async Task A_log_that_can_not_go_on_asks_for_a_person(string code, bool attention)
    {
        using var student = new TinyStudent();
        var context = student.Context(1) with { Labels = new RefusingLog(code) };

        await using var trainer = new StudentTrainer(context);
        trainer.Start();
        await trainer.Completion;

        Assert.Equal((TrainerState.Failed, attention), (trainer.State, trainer.NeedsAttention));
    }

    [Fact]
    public async Task Steps_that_are_not_finite_are_undone_and_set_aside_and_three_in_a_row_end_it()
    {
        // a decay of a hundred times the weights a step: they grow and alternate until their products overflow
        using var student = new TinyStudent(shape: spec => spec with
        {
            Training = spec.Training with { LearningRate = 10, WeightDecay = 10, SequencesPerStep = 1, WarmupSteps = 0 },
        });
        student.Log.Append(Enumerable.Range(0, 120).Select(i => Record(student, i)));

        await using var trainer = student.NewTrainer();
        trainer.Start();
        await trainer.Completion;

        Assert.Equal((TrainerState.Failed, true), (trainer.State, trainer.NeedsAttention));
        var document = (await student.StoredStateAsync()).Document;
        var counters = document.Counters;
        Assert.Equal((3, 3, 3), (counters.UndoneSteps, counters.UndoneInARow, counters.QuarantinedSequences));
        Assert.Equal(document.Step, counters.TrainedSequences);
        Assert.All(student.Services.DeadLetters, letter => Assert.Equal(DeadLetterReason.NonFiniteStep, letter.Reason));
        Assert.Equal(3, student.Services.DeadLetters.Select(letter => letter.Source).Distinct().Count());

        // the next one goes on after them
        await using var resumed = student.NewTrainer();
        resumed.Start();
        await resumed.Completion;
        var later = (await student.StoredStateAsync()).Document;
        Assert.Equal((document.Step, 6), (later.Step, later.Counters.UndoneSteps));
    }

    [Fact]
    public async Task A_host_that_refuses_for_a_while_is_asked_again()
    {
        using var student = new TinyStudent();
        var asked = 0;
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        student.Services.OnCall = call =>
        {
            if (call == nameof(ITrainerServices.DeadLetterAsync) && asked++ == 0)
            {
                // the timeouts of what went before are waits too
                student.Time.ForgetDelays();
                refused.SetResult();
                throw new RefluxException(ErrorCodes.BrokerUnavailable, "away", "wait");
            }
        };
        student.Log.Append([9, 9], Record(student, 0, 1, 2, 3));
        await using var trainer = student.NewTrainer();
        trainer.Start();
        await TinyStudent.FirstOf(refused.Task, trainer);
        await TinyStudent.FirstOf(student.Time.DelayBegunAsync(), trainer);
        student.Time.Ring();
        await TinyStudent.FirstOf(student.Log.Drained, trainer);
        await trainer.StopAsync();

        Assert.Equal(2, asked);
        Assert.Single(student.Services.DeadLetters);
        Assert.Equal(1, (await student.StoredStateAsync()).Step);
    }

    [Fact]
    public async Task A_disk_that_refuses_when_a_trainer_takes_up_its_student_is_asked_again()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 1, 2, 3));
        await File.WriteAllTextAsync(student.CheckpointDirectory, "in the way of a directory");
        await using var trainer = student.NewTrainer();

        trainer.Start();
        await TinyStudent.FirstOf(student.Time.DelayBegunAsync(), trainer);
        File.Delete(student.CheckpointDirectory);
        student.Time.Ring();
        await TinyStudent.FirstOf(student.Log.Drained, trainer);
        await trainer.StopAsync();

        Assert.Equal(TrainerState.Stopped, trainer.State);
        Assert.Equal(1, (await student.StoredStateAsync()).Step);
    }

    [Fact]
    public async Task A_reader_that_has_died_is_opened_again_where_it_was_left()
    {
        using var undisturbed = new TinyStudent();
        undisturbed.Log.Append(Record(undisturbed, 0, 1), Record(undisturbed, 2, 3));
        var expected = await undisturbed.TrainToEndAsync();

        using var student = new TinyStudent();
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        student.Log.OnRead = offset =>
        {
            if (offset == 1 && !died.Task.IsCompleted)
            {
                student.Time.ForgetDelays();
                died.SetResult();
                throw new RefluxException(ErrorCodes.BrokerUnavailable, "away", "wait");
            }
        };
        student.Log.Append(Record(student, 0, 1), Record(student, 2, 3));
        await using var trainer = student.NewTrainer();
        trainer.Start();
        await TinyStudent.FirstOf(died.Task, trainer);
        await TinyStudent.FirstOf(student.Time.DelayBegunAsync(), trainer);
        student.Time.Ring();
        await TinyStudent.FirstOf(student.Log.Drained, trainer);
        await trainer.StopAsync();

        Assert.Equal(2, student.Log.Opened);
        Assert.Equal(expected.Weights, (await student.StoredStateAsync()).Weights);
    }

    [Fact]
    public async Task A_broker_that_has_gone_does_not_keep_it_from_leaving_in_good_order()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 1, 2, 3));
        await using var trainer = await student.RunToEndAsync();
        student.Services.OnCall = _ => throw new RefluxException(ErrorCodes.BrokerUnavailable, "away", "wait");

        await trainer.StopAsync();

        Assert.Equal(TrainerState.Stopped, trainer.State);
        Assert.Equal(1, (await student.StoredStateAsync()).Step);
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_fails_loudly_and_trains_nothing_on_it()
    {
        using var student = new TinyStudent(shape: spec => spec with { Training = spec.Training with { LearningRate = 10, WarmupSteps = 0, GradientClip = 0, WeightDecay = 10 } });
        await using var trainer = student.NewTrainer();
        student.Log.Append([.. Enumerable.Range(0, 400).Select(i => Record(student, 4 * i, (4 * i) + 1, (4 * i) + 2, (4 * i) + 3))]);

        trainer.Start();
        await trainer.Completion;

        Assert.Equal(TrainerState.Failed, trainer.State);
        Assert.Contains("loss", trainer.Message);
        var refusal = Assert.Throws<RefluxException>(() => trainer.Accounting());
        Assert.Equal(ErrorCodes.StudentNotRunning, refusal.Code);
    }

    private static byte[] Record(TinyStudent student, params int[] offsets) => student.Records.Encode([.. offsets.Select(offset => LabelledSequences.At(offset))]);

    private sealed class RefusingLog(string code) : ILabelLogFactory
    {
        public Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken) => throw new RefluxException(code, "It refuses.", "");
    }

    private sealed class ForeignLog : ILabelLogFactory
    {
        public Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken) =>
            throw new RefluxException("foreign-log", "The position is of another log.", "Start anew.");
    }
}
