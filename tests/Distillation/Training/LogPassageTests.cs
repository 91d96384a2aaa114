using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Replay;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

/// <summary>A student whose log has another id when it comes back.</summary>
public sealed class LogPassageTests : IDisposable
{
    private static readonly LogId Next = LabelRecords.Log with { Topic = new Guid("01890a5d-ac96-774b-bcce-0000000000ff") };

    private readonly TinyStudent _student = new();
    private readonly MemoryLabelLog _current = new() { Id = Next };

    public void Dispose() => _student.Dispose();

    [Fact]
    public async Task A_log_that_was_read_to_its_recorded_end_is_followed_by_the_next_as_if_it_were_one()
    {
        await TrainOnFormerAsync(records: 3);

        await using (var trainer = await RunAsync(endRecorded: true))
        {
            var published = await trainer.SnapshotAsync(publish: true, CancellationToken.None);
            Assert.NotNull(published.Published);
            await trainer.StopAsync();
        }

        var passage = new LogPassage(At(3), new Position(Next, 0), Gap: false);
        var state = await _student.StoredStateAsync();
        Assert.Equal([passage], state.Document.Passages);
        Assert.Equal([passage], Assert.Single(_student.Services.Committed).Manifest.Passages);
        using var undisturbed = new TinyStudent();
        undisturbed.Log.Append(Enumerable.Range(0, 6).Select(i => Record(undisturbed, LabelRecords.Log, i)));
        var expected = await undisturbed.TrainToEndAsync();
        Assert.Equal((expected.Step, expected.Weights), (state.Step, state.Weights));
        Assert.Equal(expected.Document.Files["dedupe.bin"], state.Document.Files["dedupe.bin"]);
    }

    [Fact]
    public async Task Otherwise_it_waits_for_a_person_and_names_the_command()
    {
        await TrainOnFormerAsync(records: 3);

        await using var trainer = await FailAsync(endRecorded: false, accepted: null);

        Assert.Equal((true, At(3)), (trainer.NeedsAttention, trainer.Gap));
        Assert.Contains("`reflux student resume tiny --accept-gap`", trainer.Message, StringComparison.Ordinal);
        Assert.Contains($"{new Position(Next, 0)}", trainer.Message, StringComparison.Ordinal);
        Assert.Empty((await _student.StoredStateAsync()).Document.Passages);
    }

    [Fact]
    public async Task A_gap_that_was_accepted_elsewhere_is_not_this_one()
    {
        await TrainOnFormerAsync(records: 3);

        await using var trainer = await FailAsync(endRecorded: false, accepted: At(2));

        Assert.Equal(At(3), trainer.Gap);
    }

    [Fact]
    public async Task An_accepted_gap_is_on_disk_before_anything_behind_it_is_read_and_in_every_later_manifest()
    {
        await TrainOnFormerAsync(records: 3);
        var atFirst = new List<LogPassage>();
        _current.OnRead = offset =>
        {
            if (offset == 0)
            {
                atFirst.AddRange(_student.StoredStateAsync().GetAwaiter().GetResult().Document.Passages);
            }
        };

        // as a kill would: nothing is written on the way out
        await (await RunAsync(endRecorded: false, accepted: At(3))).DisposeAsync();
        var passage = new LogPassage(At(3), new Position(Next, 0), Gap: true);
        Assert.Equal([passage], atFirst);

        // the next trainer needs no word of its owner
        await using var trainer = await RunAsync(endRecorded: false);
        await trainer.SnapshotAsync(publish: true, CancellationToken.None);
        Assert.Equal([passage], Assert.Single(_student.Services.Committed).Manifest.Passages);
        Assert.Equal([passage], trainer.Progress!.Passages);
        await trainer.StopAsync();
        Assert.Equal([passage], (await _student.Checkpoints.LineageAsync(_student.StudentId, CancellationToken.None))[^1].Passages);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    public async Task A_replay_takes_the_same_way(int recordsOfFormer)
    {
        await TrainOnFormerAsync(recordsOfFormer);
        await using (var trainer = await RunAsync(endRecorded: false, accepted: At(recordsOfFormer)))
        {
            await trainer.StopAsync();
        }

        var file = await _student.Checkpoints.FindAsync("tiny", CancellationToken.None);
        var lineage = await _student.Checkpoints.LineageAsync(_student.StudentId, CancellationToken.None);
        var logs = new SuccessiveLogs(_student.Log, _current, endRecorded: false);
        var report = await new StudentReplay(file, lineage, logs, _student.Compute).RunAsync(toStep: null, CancellationToken.None);

        Assert.Equal((ReplayVerdict.Same, recordsOfFormer + 3), (report.Verdict, report.Records));
    }

    private static Position At(long offset) => new(LabelRecords.Log, offset);

    /// <summary>Two sequences in one record, for one of the logs.</summary>
    private static byte[] Record(TinyStudent student, LogId log, int i) =>
        LabelRecordCodec.Encode(student.Records.Of(LabelledSequences.At(2 * i), LabelledSequences.At((2 * i) + 1)) with { LogTopic = log.Topic });

    /// <summary>Trains on all of the former log, and has the next three records in the one after it.</summary>
    private async Task TrainOnFormerAsync(int records)
    {
        _student.Log.Append(Enumerable.Range(0, records).Select(i => Record(_student, LabelRecords.Log, i)));
        await _student.TrainToEndAsync();
        _current.Append(Enumerable.Range(records, 3).Select(i => Record(_student, Next, i)));
    }

    private StudentTrainer NewTrainer(bool endRecorded, Position? accepted)
    {
        // a student that has read nothing yet begins where its spec says
        var context = _student.Context(++_epoch) with { Labels = new SuccessiveLogs(_student.Log, _current, endRecorded), AcceptedGap = accepted };
        var spec = context.Student.Student!.Spec with { From = At(0) };
        return new StudentTrainer(context with { Student = context.Student with { Student = context.Student.Student with { Spec = spec } } });
    }

    private async Task<StudentTrainer> RunAsync(bool endRecorded, Position? accepted = null)
    {
        _current.ExpectReader();
        var trainer = NewTrainer(endRecorded, accepted);
        trainer.Start();
        await TinyStudent.FirstOf(_current.Drained, trainer);
        return trainer;
    }

    private async Task<StudentTrainer> FailAsync(bool endRecorded, Position? accepted)
    {
        var trainer = NewTrainer(endRecorded, accepted);
        trainer.Start();
        await trainer.Completion;
        Assert.Equal(TrainerState.Failed, trainer.State);
        return trainer;
    }

    private long _epoch = 10;
}
