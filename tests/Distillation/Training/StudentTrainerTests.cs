using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

public sealed class StudentTrainerTests
{
    [Fact]
    public async Task The_base_is_a_checkpoint_and_a_staged_snapshot_before_anything_trains()
    {
        using var student = new TinyStudent();

        await using var trainer = await student.RunToEndAsync();

        Assert.Equal(TrainerState.Running, trainer.State);
        Assert.Equal(0, trainer.Progress!.Step);
        Assert.NotNull(trainer.Progress.BaseSnapshot);
        Assert.True(await student.Blobs.ExistsAsync(trainer.Progress.BaseSnapshot!, CancellationToken.None));
        Assert.Equal(0, (await student.StoredStateAsync()).Step);
        Assert.Empty(student.Services.Committed);
    }

    [Fact]
    public async Task Poison_is_set_aside_and_its_neighbours_train()
    {
        using var student = new TinyStudent();
        student.Log.Append(
            student.Records.Encode(LabelledSequences.At(0), LabelledSequences.At(1)),
            [0, 1, 2],
            LabelRecordCodec.Encode(student.Records.Of(LabelledSequences.At(9)) with { TokenizerHash = new string('0', 64) }),
            student.Records.Encode(LabelledSequences.At(2), LabelledSequences.At(3)));

        var state = await student.TrainToEndAsync();

        Assert.Equal(1, state.Step);
        Assert.Equal(2, state.Document.Counters.DeadLetters);
        Assert.Equal([DeadLetterReason.Malformed, DeadLetterReason.ForeignTokenizer], student.Services.DeadLetters.Select(letter => letter.Reason));

        using var clean = new TinyStudent();
        clean.Log.Append(clean.Records.Encode([.. Enumerable.Range(0, 4).Select(offset => LabelledSequences.At(offset))]));
        Assert.Equal((await clean.TrainToEndAsync()).Weights, state.Weights);
    }

    [Fact]
    public async Task Regrouped_duplicates_train_once()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 1, 2), Record(student, 2, 3, 4, 0), Record(student, 5, 1, 6, 7), Record(student, 3, 7));
        using var clean = new TinyStudent();
        clean.Log.Append(Record(clean, 0, 1, 2, 3, 4, 5, 6, 7));

        var state = await student.TrainToEndAsync();

        Assert.Equal((2, 8, 5), (state.Step, state.Document.Counters.TrainedSequences, state.Document.Counters.DuplicateSequences));
        Assert.Equal((await clean.TrainToEndAsync()).Weights, state.Weights);
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

    [Fact]
    public async Task The_safe_position_is_published_only_for_durable_checkpoints_and_never_goes_back()
    {
        using var student = new TinyStudent();
        student.Log.Append([.. Enumerable.Range(0, 40).Select(i => Record(student, 2 * i, (2 * i) + 1))]);

        await using var trainer = await student.RunToEndAsync();
        await TinyStudent.FirstOf(student.Services.SafePositionPublished, trainer);
        await trainer.StopAsync();

        var safe = student.Services.SafePositions.Select(position => position.Offset).ToArray();
        Assert.Equal(safe.Order(), safe);
        Assert.Equal(40, safe[^1]);
        Assert.Contains(safe, offset => offset is > 0 and < 40);
    }

    [Fact]
    public async Task The_position_moves_on_through_duplicates_and_holdout_without_a_step()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0));
        student.Log.Append([.. Enumerable.Range(0, 60).Select(_ => Record(student, 0))]);

        await using (var trainer = await student.RunToEndAsync())
        {
            await TinyStudent.FirstOf(student.Services.SafePositionPublished, trainer);
            Assert.InRange(student.Services.SafePositions[0].Offset, 16, 60);
            await trainer.StopAsync();
        }

        var state = await student.StoredStateAsync();
        Assert.Equal(0, state.Step);
        Assert.Equal(61, state.Document.Next!.Value.Offset);

        student.Log.Append(Record(student, 1, 2, 3));
        Assert.Equal(1, (await student.TrainToEndAsync()).Step);
    }

    [Fact]
    public async Task A_trainer_of_an_older_epoch_finds_out_and_fails()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 1, 2, 3));
        await using var zombie = await student.RunToEndAsync();
        await student.TrainToEndAsync();
        student.Log.Append(Record(student, 4, 5, 6, 7));
        await TinyStudent.FirstOf(student.Log.Drained, zombie);
        await student.TrainToEndAsync();

        await zombie.StopAsync();

        Assert.Equal(TrainerState.Failed, zombie.State);
        Assert.Contains("epoch", zombie.Message);
    }

    [Fact]
    public async Task Another_spec_does_not_go_on_from_the_checkpoint()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 1, 2, 3));
        await student.TrainToEndAsync();
        var context = student.Context(9);
        var changed = context with { Student = context.Student with { Student = context.Student.Student! with { SpecHash = "another" } } };

        await using var trainer = new StudentTrainer(changed);
        trainer.Start();
        await trainer.Completion;

        Assert.Equal(TrainerState.Failed, trainer.State);
        Assert.Contains("another spec", trainer.Message);
    }

    [Fact]
    public async Task An_objective_that_the_lanes_labels_cant_train_is_refused_at_the_start()
    {
        using var student = new TinyStudent(shape: spec => spec with { Training = spec.Training with { Objective = "jsd(0.5)" } });

        await using var trainer = student.NewTrainer();
        trainer.Start();
        await trainer.Completion;

        Assert.Equal((TrainerState.Failed, true), (trainer.State, trainer.NeedsAttention));
        Assert.Contains("jsd(0.5) can't be learned from sampled labels", trainer.Message);
        Assert.Contains("top-k", trainer.Message);
    }

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
    public async Task A_step_that_the_gate_has_judged_is_not_staged_again_by_the_clock()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 1, 2, 3));
        await using var trainer = await student.RunToEndAsync();
        var first = await trainer.SnapshotAsync(publish: true, CancellationToken.None);

        student.Time.Ring();
        var second = await trainer.SnapshotAsync(publish: false, CancellationToken.None);

        Assert.Equal((1, 1), (first.Step, second.Step));
        Assert.Single(student.Services.Committed);
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
    public async Task Accounting_and_holdout_name_prompts()
    {
        using var student = new TinyStudent();
        student.Log.Append(student.Records.Encode(LabelledSequences.At(0), LabelledSequences.At(1, holdout: true), LabelledSequences.At(2)));

        await using var trainer = await student.RunToEndAsync();

        Assert.Equal([LabelledSequences.PromptId(1)], trainer.Holdout().Prompts);
        Assert.Equal(2, trainer.Accounting().PendingSequences.Count);
        Assert.Equal(1, trainer.Accounting().HoldoutSequences);
        Assert.Equal(new Position(LabelRecords.Log, 1), trainer.Progress!.Next);
    }

    [Fact]
    public async Task Jobs_are_refused_once_it_has_left()
    {
        using var student = new TinyStudent();
        await using var trainer = await student.RunToEndAsync();
        await trainer.StopAsync();

        var refusal = await Assert.ThrowsAsync<RefluxException>(() => trainer.SnapshotAsync(publish: true, CancellationToken.None));
        Assert.Equal(ErrorCodes.StudentNotRunning, refusal.Code);
        refusal = await Assert.ThrowsAsync<RefluxException>(() => trainer.EvaluateAsync(new EvaluationRequest("x"), CancellationToken.None));
        Assert.Equal(ErrorCodes.StudentNotRunning, refusal.Code);
        Assert.NotNull(trainer.Progress);
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
