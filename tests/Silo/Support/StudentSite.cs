using System.Text.Json;
using Microsoft.Extensions.Logging;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Records;
using Reflux.Distillation.Storage;
using Reflux.Distillation.Teaching;
using Reflux.Distillation.Training;
using Reflux.Grains.Students;
using Reflux.Silo.Students;
using Reflux.Streaming;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Support;

/// <summary>A silo with the student role, as far as its students see it: real log, trainers and checkpoints; grains that the test plays.</summary>
internal sealed class StudentSite : IAsyncDisposable
{
    public const string Silo = "silo-a";
    public const int SequencesPerStep = 4;

    private readonly TeacherEngine _teacher;
    private int _sequences;

    private StudentSite(LogSite log)
    {
        Log = log;
        _teacher = log.NewEngine();
        Checkpoints = new CheckpointStore(log.File("checkpoints"), log.Loggers.CreateLogger<CheckpointStore>());

        // a clock that stands still: no trainer checkpoints or publishes because time has passed
        Trainers = new TrainerFactory(
            log.Catalog, log.Connection, new KafkaLabelLogFactory(log.Connection), log.DeadLetters, Grains.Factory, Checkpoints, new FileBlobStore(log.File("store")), log.Compute, new FakeClock(), log.Loggers);
    }

    public LogSite Log { get; }

    public PlayedGrains Grains { get; } = new();

    public TrainerFactory Trainers { get; }

    public CheckpointStore Checkpoints { get; }

    /// <summary>The pace of claims and reports.</summary>
    public TimeProvider Pace { get; } = new QuickTime();

    public CancellationToken Limit => Log.Limit;

    public static async Task<StudentSite> OpenAsync() => new(await LogSite.OpenAsync());

    /// <summary>Lane and teacher come by on the definitions log.</summary>
    public void Define()
    {
        Log.Catalog.Apply(Log.Lane);
        Log.Catalog.Apply(Log.Teacher);
    }

    public Definition NewStudent(string name)
    {
        var fresh = new FreshModelSpec { TokenizerFrom = Log.Model, HiddenSize = 8, Layers = 1, Heads = 2, KeyValueHeads = 1, IntermediateSize = 16, MaxPositions = 64 };
        var spec = new StudentSpec
        {
            Name = name,
            Lane = Log.Lane.Name,
            Base = new BaseModelSpec { Fresh = fresh },
            Training = new TrainingSpec { SequencesPerStep = SequencesPerStep, RowTokens = 64, WarmupSteps = 1 },
        };
        return new Definition { Kind = DefinitionKind.Student, Id = Guid.NewGuid(), Name = name, Revision = 1, Student = new StudentDefinition(spec, Log.Lane.Id, Paused: false, "hash") };
    }

    public StudentRunner NewRunner(Definition student) => new(student, Silo, Grains.Factory, Trainers, Pace, Log.Loggers.CreateLogger<StudentRunner>());

    /// <summary>Appends one label record of so many new sequences, for the log that there is or for another one.</summary>
    public async Task AppendLabelsAsync(int sequences, Guid? topic = null)
    {
        var log = Log.Connection.KnownLogId(Topics.Prompts, 0);
        var prompts = Enumerable.Range(_sequences, sequences).Select(i =>
            new TeacherPrompt(Log.Prompt($"order {i}").PromptId, true, new Position(log, i), _teacher.Tokenize($"order {i}")));
        _sequences += sequences;
        var record = _teacher.CreateRecord(topic ?? Log.Connection.KnownLogId(Topics.Labels, LogSite.LabelPartition).Topic, _teacher.Answer([.. prompts], Limit));
        await Log.Prompts.AppendAsync(Topics.Labels, LogSite.LabelPartition, LabelRecordCodec.Encode(record), Limit);
    }

    /// <summary>What a student's newest checkpoint says.</summary>
    public async Task<CheckpointDocument> CheckpointAsync(Definition student) => (await Checkpoints.LatestAsync(student.Id, Limit))!.Document;

    /// <summary>The first label record that the log must keep for a student; null where it never said.</summary>
    public Task<long?> SafePositionAsync(Definition student) =>
        Log.Connection.CommittedAsync(ConsumerGroups.Student(student.Id), Topics.Labels, LogSite.LabelPartition, Limit);

    /// <summary>True where a report comes from a running trainer that has taken so many steps and accounted for them.</summary>
    public static bool HasStepped(TrainerReport report, long steps) =>
        report.State == "running" && Progress(report) is { } progress && (progress.Step, progress.TrainedSequences) == (steps, steps * SequencesPerStep);

    public static TrainerProgress? Progress(TrainerReport report) =>
        report.ProgressJson is { } json ? JsonSerializer.Deserialize<TrainerProgress>(json, RefluxJson.Options) : null;

    public async ValueTask DisposeAsync()
    {
        _teacher.Dispose();
        await Log.DisposeAsync();
    }
}
