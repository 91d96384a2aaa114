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
    public async Task A_step_that_the_gate_has_judged_is_not_staged_again_by_the_clock()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 1, 2, 3));
        await using var trainer = await student.RunToEndAsync();
        var first = await trainer.SnapshotAsync(publish: true, CancellationToken.None);

        await student.TickingAsync(trainer);
        student.Time.Ring();
        var second = await trainer.SnapshotAsync(publish: false, CancellationToken.None);

        Assert.Equal((1, 1), (first.Step, second.Step));
        Assert.Single(student.Services.Committed);
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
}
