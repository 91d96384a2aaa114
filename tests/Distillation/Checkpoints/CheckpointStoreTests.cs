using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Training;
using Reflux.Models.Weights;
using Reflux.Tests.Support;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private static readonly Guid Student = new("01890a5d-ac96-774b-bcce-00000000000c");

    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingLogger _log = new();
    private readonly CheckpointStore _store;

    public CheckpointStoreTests() => _store = new CheckpointStore(_directory.Path, _log);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_saved_comes_back()
    {
        await SaveAsync(epoch: 2, step: 7, records: 9);

        var stored = await _store.LatestAsync(Student, CancellationToken.None);

        Assert.Equal((2, 7, 9), (stored!.Document.Epoch, stored.Document.Step, stored.Document.Counters.LabelRecords));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(stored.PathOf("dedupe.bin")));
        using var scope = NewDisposeScope();
        Assert.Equal([7f, 7f], Safetensors.Read(stored.PathOf("weights.safetensors"), CPU)["w"].data<float>().ToArray());
        Assert.Empty(_log.Errors);
    }

    [Fact]
    public async Task The_highest_epoch_wins_then_the_highest_step_then_the_position()
    {
        await SaveAsync(epoch: 1, step: 50, records: 60);
        await SaveAsync(epoch: 2, step: 9, records: 12);
        await SaveAsync(epoch: 2, step: 10, records: 13);
        await SaveAsync(epoch: 2, step: 10, records: 29);

        var stored = await _store.LatestAsync(Student, CancellationToken.None);

        Assert.Equal((2, 10, 29), (stored!.Document.Epoch, stored.Document.Step, stored.Document.Counters.LabelRecords));
    }

    [Fact]
    public async Task The_last_three_are_kept()
    {
        for (var step = 1; step <= 6; step++)
        {
            await SaveAsync(epoch: 1, step, records: step);
        }

        Assert.Equal(["4-4", "5-5", "6-6"], Directory.GetDirectories(Path.Combine(_directory.Path, Student.ToString("N"), "1")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("dedupe.bin")]
    [InlineData("checkpoint.json")]
    [InlineData("checkpoint.sha256")]
    public async Task A_damaged_one_is_skipped_loudly_for_the_one_before(string file)
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        await SaveAsync(epoch: 1, step: 2, records: 2);
        var path = (await _store.LatestAsync(Student, CancellationToken.None))!.PathOf(file);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^2] ^= 4;
        await File.WriteAllBytesAsync(path, bytes);

        var stored = await _store.LatestAsync(Student, CancellationToken.None);

        Assert.Equal(1, stored!.Document.Step);
        Assert.Contains("2-2", Assert.Single(_log.Errors));
    }

    [Theory]
    [InlineData("weights.safetensors", false)]
    [InlineData("checkpoint.json", false)]
    [InlineData("weights.safetensors", true)]
    [InlineData("checkpoint.json", true)]
    public async Task A_torn_one_is_skipped_loudly_for_the_one_before(string file, bool missing)
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        await SaveAsync(epoch: 1, step: 2, records: 2);
        var path = (await _store.LatestAsync(Student, CancellationToken.None))!.PathOf(file);
        if (missing)
        {
            File.Delete(path);
        }
        else
        {
            using var stream = File.OpenWrite(path);
            stream.SetLength(stream.Length / 2);
        }

        Assert.Equal(1, (await _store.LatestAsync(Student, CancellationToken.None))!.Document.Step);
        Assert.Single(_log.Errors);
    }

    [Fact]
    public async Task Where_none_is_whole_nothing_begins_anew_and_nothing_is_removed()
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        var path = (await _store.LatestAsync(Student, CancellationToken.None))!.PathOf("weights.safetensors");
        await File.AppendAllTextAsync(path, "x");

        var refusal = await Assert.ThrowsAsync<RefluxException>(() => _store.LatestAsync(Student, CancellationToken.None));

        Assert.Equal(ErrorCodes.CheckpointDamaged, refusal.Code);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task One_of_another_format_is_refused_by_name_and_not_skipped()
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        using var other = Content(1, 2, 2, () => [1], format: 99);
        await _store.SaveAsync(other, CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<RefluxException>(() => _store.LatestAsync(Student, CancellationToken.None));

        Assert.Equal(ErrorCodes.CheckpointDamaged, refusal.Code);
        Assert.Contains("format 99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_one_before_and_nothing_else()
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        using var content = Content(1, 2, 2, () => throw new IOException("no space left"));

        await Assert.ThrowsAsync<IOException>(() => _store.SaveAsync(content, CancellationToken.None));

        Assert.Equal(1, (await _store.LatestAsync(Student, CancellationToken.None))!.Document.Step);
        Assert.Single(Directory.GetDirectories(Path.Combine(_directory.Path, Student.ToString("N"), "1")));
    }

    [Fact]
    public async Task An_older_epoch_can_not_write_any_more()
    {
        await SaveAsync(epoch: 3, step: 1, records: 1);

        var refusal = await Assert.ThrowsAsync<RefluxException>(() => SaveAsync(epoch: 2, step: 9, records: 9));

        Assert.Equal(ErrorCodes.StaleEpoch, refusal.Code);
        Assert.Equal(1, (await _store.LatestAsync(Student, CancellationToken.None))!.Document.Step);
    }

    [Fact]
    public async Task What_a_dead_trainer_left_half_written_is_cleared_by_its_successor()
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        var leftover = Path.Combine(_directory.Path, Student.ToString("N"), "1", ".tmp-dead");
        Directory.CreateDirectory(leftover);
        Assert.Equal(1, (await _store.LatestAsync(Student, CancellationToken.None))!.Document.Step);

        await SaveAsync(epoch: 2, step: 2, records: 2);

        Assert.False(Directory.Exists(leftover));
    }

    [Fact]
    public async Task The_lineage_keeps_the_state_of_every_checkpoint_also_of_those_that_are_gone()
    {
        for (var step = 1; step <= 5; step++)
        {
            await SaveAsync(epoch: step / 3, step, records: 2 * step);
        }

        var lineage = await _store.LineageAsync(Student, CancellationToken.None);

        Assert.Equal([(0, 1, 2, "state 1"), (0, 2, 4, "state 2"), (1, 3, 6, "state 3"), (1, 4, 8, "state 4"), (1, 5, 10, "state 5")],
            lineage.Select(entry => (entry.Epoch, entry.Step, entry.Records, entry.StateHash)));
        Assert.Equal("state 5", (await _store.LatestAsync(Student, CancellationToken.None))!.Document.StateHash);
    }

    [Fact]
    public async Task A_checkpoint_that_a_crash_kept_out_of_the_lineage_is_added_once()
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        await SaveAsync(epoch: 1, step: 2, records: 2);
        var lineage = Path.Combine(_directory.Path, Student.ToString("N"), "1", "lineage.jsonl");
        await File.WriteAllTextAsync(lineage, (await File.ReadAllLinesAsync(lineage))[0] + "\n{\"torn");
        var newest = (await _store.LatestAsync(Student, CancellationToken.None))!.Document;

        await _store.RecordAsync(newest, epoch: 1, CancellationToken.None);
        await SaveAsync(epoch: 1, step: 2, records: 2);

        Assert.Equal([1, 2], (await _store.LineageAsync(Student, CancellationToken.None)).Select(entry => entry.Step));
    }

    [Fact]
    public async Task A_successor_adds_what_is_missing_to_a_part_of_its_own_since_the_former_trainer_may_still_write()
    {
        await SaveAsync(epoch: 1, step: 1, records: 1);
        var file = Path.Combine(_directory.Path, Student.ToString("N"), "1", "lineage.jsonl");
        File.Delete(file);
        var newest = (await _store.LatestAsync(Student, CancellationToken.None))!.Document;

        await _store.RecordAsync(newest, epoch: 2, CancellationToken.None);
        await _store.RecordAsync(newest, epoch: 3, CancellationToken.None);
        await SaveAsync(epoch: 3, step: 2, records: 2);

        Assert.False(File.Exists(file));
        Assert.Equal([(1, 1), (3, 2)], (await _store.LineageAsync(Student, CancellationToken.None)).Select(entry => (entry.Epoch, entry.Step)));
    }

    [Fact]
    public async Task A_student_without_checkpoints_has_none() => Assert.Null(await _store.LatestAsync(Guid.NewGuid(), CancellationToken.None));

    private async Task SaveAsync(long epoch, long step, long records)
    {
        using var content = Content(epoch, step, records, () => [1, 2, 3]);
        await _store.SaveAsync(content, CancellationToken.None);
    }

    private static CheckpointContent Content(long epoch, long step, long records, Func<byte[]> dedupe, int format = CheckpointDocument.CurrentFormat) => new()
    {
        Document = new CheckpointDocument
        {
            FormatVersion = format,
            StudentId = Student,
            Epoch = epoch,
            Step = step,
            SpecHash = "spec",
            BaseModel = "base",
            BaseSnapshot = "snapshot",
            LastRecordSha256 = "",
            TeacherRevision = "",
            Counters = new IntakeCounters { LabelRecords = records },
            DeviceSeconds = 0,
            Environment = new EnvironmentFingerprint("engine", "torch", "blas", "isa", "cpu", 1, true),
            CreatedAt = DateTimeOffset.UnixEpoch,
        },
        Tensors = new Dictionary<string, IReadOnlyDictionary<string, Tensor>>
        {
            ["weights.safetensors"] = new Dictionary<string, Tensor> { ["w"] = full(2, (float)step).DetachFromDisposeScope() },
        },
        Files = new Dictionary<string, Func<byte[]>> { ["dedupe.bin"] = dedupe },
        StateHash = new Lazy<string>($"state {step}"),
    };

    private sealed class RecordingLogger : ILogger<CheckpointStore>
    {
        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Errors.Add(formatter(state, exception));
            }
        }
    }
}
