using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Archive;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Replay;
using Reflux.Distillation.Tests.Training;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Replay;

public sealed class StudentReplayTests : IDisposable
{
    private const int Records = 40;

    private readonly ComputeThread _compute = new(new ComputeOptions { Threads = 1 });

    public void Dispose() => _compute.Dispose();

    [Fact]
    public async Task The_log_gives_the_state_of_every_checkpoint_again()
    {
        using var student = await TrainedAsync();
        var lineage = await student.Checkpoints.LineageAsync(student.StudentId, CancellationToken.None);
        Assert.True(lineage.Select(entry => entry.Step).Distinct().Count() >= 3, "the run is too short to compare something in its midst");

        foreach (var step in lineage.Select(entry => entry.Step).Distinct())
        {
            var report = await ReplayAsync(student, step);

            Assert.Equal((ReplayVerdict.Same, step, ""), (report.Verdict, report.Step, report.Message));
            Assert.Equal(report.Recorded, report.Replayed);
        }

        var newest = await ReplayAsync(student, toStep: null);
        Assert.Equal((ReplayVerdict.Same, (await student.StoredStateAsync()).Document.StateHash), (newest.Verdict, newest.Replayed));
    }

    [Fact]
    public async Task A_run_with_a_restart_in_it_replays_to_the_same_state()
    {
        using var student = new TinyStudent(_compute);
        student.Log.Append(Encoded(student).Take(17));
        await student.TrainToEndAsync();
        student.Log.Append(Encoded(student).Skip(17));
        await student.TrainToEndAsync();

        Assert.Equal(ReplayVerdict.Same, (await ReplayAsync(student, toStep: null)).Verdict);
    }

    [Fact]
    public async Task Steps_that_were_undone_are_undone_again()
    {
        using var student = new TinyStudent(_compute, spec => spec with
        {
            Training = spec.Training with { LearningRate = 10, WeightDecay = 10, SequencesPerStep = 1, WarmupSteps = 0 },
        });
        student.Log.Append(Encoded(student));
        await using (var trainer = student.NewTrainer())
        {
            trainer.Start();
            await trainer.Completion;
        }

        var undone = (await student.StoredStateAsync()).Document.Counters.UndoneSteps;
        Assert.True(undone >= 3);
        Assert.Equal(ReplayVerdict.Same, (await ReplayAsync(student, toStep: null)).Verdict);

        // over a pause and on: what came after the undone steps counts too
        await using (var resumed = student.NewTrainer())
        {
            resumed.Start();
            await resumed.Completion;
        }

        Assert.True((await student.StoredStateAsync()).Document.Counters.UndoneSteps > undone);
        var report = await ReplayAsync(student, toStep: null);
        Assert.Equal((ReplayVerdict.Same, (await student.StoredStateAsync()).Document.Counters.LabelRecords), (report.Verdict, report.Records));
    }

    [Fact]
    public async Task Another_log_gives_another_state()
    {
        using var student = await TrainedAsync();
        student.Log = new MemoryLabelLog();
        student.Log.Append(Encoded(student).Take(10).Concat(Encoded(student).Skip(11)).Append(student.Records.Encode(LabelledSequences.At(500))));

        var report = await ReplayAsync(student, toStep: null);

        Assert.Equal(ReplayVerdict.Different, report.Verdict);
        Assert.NotEqual(report.Recorded, report.Replayed);
    }

    [Fact]
    public async Task A_snapshots_manifest_states_a_state_that_the_log_gives_again()
    {
        using var student = new TinyStudent(_compute);
        student.Log.Append(Encoded(student).Take(21));
        await using (var trainer = await student.RunToEndAsync())
        {
            await trainer.SnapshotAsync(publish: true, CancellationToken.None);
            await trainer.StopAsync();
        }

        var manifest = Assert.Single(student.Services.Committed).Manifest;
        Assert.Equal((await student.StoredStateAsync()).Document.StateHash, manifest.StateHash);
        student.Log.Append(Encoded(student).Skip(21));
        await student.TrainToEndAsync();

        var replay = await NewReplayAsync(student);
        var report = await replay.RunAsync(manifest, CancellationToken.None);
        Assert.Equal((ReplayVerdict.Same, manifest.Step, 21), (report.Verdict, report.Step, report.Records));
        Assert.Equal(ReplayVerdict.Different, (await replay.RunAsync(manifest with { StateHash = new string('0', 64) }, CancellationToken.None)).Verdict);
        var other = await Assert.ThrowsAsync<RefluxException>(() => replay.RunAsync(manifest with { StudentId = Guid.NewGuid() }, CancellationToken.None));
        var older = await Assert.ThrowsAsync<RefluxException>(() => replay.RunAsync(manifest with { StateHash = null }, CancellationToken.None));
        Assert.Equal((ErrorCodes.InvalidRequest, ErrorCodes.InvalidRequest), (other.Code, older.Code));
    }

    [Fact]
    public async Task The_checkpoint_itself_is_checked_while_it_is_kept()
    {
        using var student = await TrainedAsync();
        var replay = await NewReplayAsync(student);
        var whole = await replay.RunAsync(toStep: null, CancellationToken.None);
        Assert.Equal((ReplayVerdict.Same, true), (whole.Verdict, whole.CheckpointChecked));

        var stored = (await student.Checkpoints.LatestAsync(student.StudentId, CancellationToken.None))!;
        var weights = stored.PathOf("weights.safetensors");
        var bytes = await File.ReadAllBytesAsync(weights);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, bytes);
        var damaged = await replay.RunAsync(toStep: null, CancellationToken.None);
        Assert.Equal(ReplayVerdict.Different, damaged.Verdict);
        Assert.Contains("weights.safetensors does not match its digest", damaged.Message, StringComparison.Ordinal);

        // whole, by digests that somebody adjusted, and another state all the same
        var path = stored.PathOf("checkpoint.json");
        var document = (await File.ReadAllTextAsync(path)).Replace(stored.Document.Files["weights.safetensors"], Digest(bytes), StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, document);
        await File.WriteAllTextAsync(stored.PathOf("checkpoint.sha256"), Digest(System.Text.Encoding.UTF8.GetBytes(document)));
        var forged = await replay.RunAsync(toStep: null, CancellationToken.None);
        Assert.Equal(ReplayVerdict.Different, forged.Verdict);
        Assert.Contains("holds the state", forged.Message, StringComparison.Ordinal);

        Directory.Delete(stored.Directory, recursive: true);
        var gone = await replay.RunAsync(toStep: null, CancellationToken.None);
        Assert.Equal((ReplayVerdict.Same, false), (gone.Verdict, gone.CheckpointChecked));
    }

    [Fact]
    public async Task A_step_that_no_checkpoint_recorded_is_not_verifiable_and_the_nearest_are_named()
    {
        using var student = await TrainedAsync();

        var report = await ReplayAsync(student, toStep: 1);

        Assert.Equal(ReplayVerdict.NotVerifiable, report.Verdict);
        Assert.Contains("0 before", report.Message, StringComparison.Ordinal);
        Assert.Equal(ReplayVerdict.NotVerifiable, (await ReplayAsync(student, toStep: 10_000)).Verdict);
    }

    [Fact]
    public async Task Missing_records_are_not_verifiable()
    {
        using var student = await TrainedAsync();

        var report = await ReplayAsync(student, toStep: null, labels: new GapAt(student.Log, 5));

        Assert.Equal((ReplayVerdict.NotVerifiable, 5), (report.Verdict, report.Records));
    }

    [Fact]
    public async Task Another_environment_is_not_comparable()
    {
        using var student = await TrainedAsync();
        using var others = new ComputeThread(new ComputeOptions { Threads = 2 });

        var report = await ReplayAsync(student, toStep: null, compute: others);

        Assert.Equal((ReplayVerdict.NotComparable, null), (report.Verdict, report.Replayed));
        Assert.EndsWith("another environment: threads 1 there, 2 here", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nor_is_a_student_that_was_in_another_environment_on_its_way()
    {
        using var student = await TrainedAsync();
        var lineage = (await student.Checkpoints.LineageAsync(student.StudentId, CancellationToken.None)).ToList();
        lineage[1] = lineage[1] with { Environment = lineage[1].Environment with { Isa = "another" } };

        Assert.Equal(ReplayVerdict.NotComparable, (await ReplayAsync(student, toStep: null, lineage: lineage)).Verdict);
        Assert.Equal(ReplayVerdict.Same, (await ReplayAsync(student, toStep: 0, lineage: lineage)).Verdict);
    }

    [Fact]
    public async Task A_fork_of_the_same_spec_from_the_start_has_the_same_state_under_another_name()
    {
        using var student = await TrainedAsync();
        using var fork = new TinyStudent(_compute, spec => spec with { Name = "other" }) { StudentId = Guid.NewGuid(), Log = student.Log };

        var forked = await fork.TrainToEndAsync();

        Assert.Equal((await student.StoredStateAsync()).Document.StateHash, forked.Document.StateHash);
        Assert.Equal((await student.StoredStateAsync()).Step, forked.Step);
    }

    [Fact]
    public async Task A_fork_from_a_position_reads_nothing_before_it_and_replays_from_there()
    {
        var from = new Position(LabelRecords.Log, 24);
        using var student = await TrainedAsync();
        using var fork = new TinyStudent(_compute, spec => spec with { Name = "other", From = from, Training = spec.Training with { LearningRate = 0.002 } })
        {
            StudentId = Guid.NewGuid(), Log = student.Log,
        };

        var forked = await fork.TrainToEndAsync();

        Assert.Equal((from, Records - 24), (forked.Document.Start, forked.Document.Counters.LabelRecords));
        Assert.Equal(ReplayVerdict.Same, (await ReplayAsync(fork, toStep: null)).Verdict);
    }

    [Fact]
    public async Task A_student_is_found_by_name_and_by_id_beside_its_checkpoints()
    {
        using var student = await TrainedAsync();

        Assert.Equal(student.StudentId, (await student.Checkpoints.FindAsync("tiny", CancellationToken.None)).Student.Id);
        Assert.Equal("tiny", (await student.Checkpoints.FindAsync(student.StudentId.ToString(), CancellationToken.None)).Student.Name);
        var missing = await Assert.ThrowsAsync<RefluxException>(() => student.Checkpoints.FindAsync("nobody", CancellationToken.None));
        Assert.Equal(ErrorCodes.StudentNotFound, missing.Code);
    }

    /// <summary>A student that has trained on every record, with a checkpoint on the way that was written before it stopped.</summary>
    private async Task<TinyStudent> TrainedAsync()
    {
        var student = new TinyStudent(_compute);
        student.Log.Append(Encoded(student));
        await using var trainer = await student.RunToEndAsync();
        await TinyStudent.FirstOf(student.Services.SafePositionPublished, trainer);
        await trainer.StopAsync();
        return student;
    }

    private async Task<ReplayReport> ReplayAsync(
        TinyStudent student, long? toStep, ILabelLogFactory? labels = null, ComputeThread? compute = null, IReadOnlyList<LineageEntry>? lineage = null)
    {
        var file = await student.Checkpoints.FindAsync(student.Spec.Name, CancellationToken.None);
        lineage ??= await student.Checkpoints.LineageAsync(student.StudentId, CancellationToken.None);
        return await new StudentReplay(file, lineage, labels ?? student.Log, compute ?? _compute).RunAsync(toStep, CancellationToken.None);
    }

    private async Task<StudentReplay> NewReplayAsync(TinyStudent student) => new(
        await student.Checkpoints.FindAsync(student.Spec.Name, CancellationToken.None),
        await student.Checkpoints.LineageAsync(student.StudentId, CancellationToken.None),
        student.Log,
        _compute,
        student.Checkpoints);

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private static IEnumerable<byte[]> Encoded(TinyStudent student) =>
        Enumerable.Range(0, Records).Select(i => student.Records.Encode(LabelledSequences.At(3 * i), LabelledSequences.At((3 * i) + 1), LabelledSequences.At((3 * i) + 2)));

    private sealed class GapAt(ILabelLogFactory inner, long offset) : ILabelLogFactory
    {
        public async Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken) =>
            new Log(await inner.OpenAsync(partition, from, cancellationToken), offset);

        private sealed class Log(ILabelLog inner, long offset) : ILabelLog
        {
            public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
            {
                var record = await inner.ReadAsync(cancellationToken);
                return record.Position.Offset < offset ? record : throw LabelLogGap.At(record.Position, null);
            }

            public ValueTask<long> EndAsync(CancellationToken cancellationToken) => inner.EndAsync(cancellationToken);

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
