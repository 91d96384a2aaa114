using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Storage;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using Reflux.Tests.Support;
using TorchSharp;

namespace Reflux.Distillation.Tests.Training;

/// <summary>A student small enough to train in milliseconds, with a teacher's directory, a label log and a host, all its own.</summary>
internal sealed class TinyStudent : IDisposable
{
    public const int SequencesPerStep = 4;

    private static readonly Guid DefaultId = new("01890a5d-ac96-774b-bcce-00000000000a");
    private static readonly Guid LaneId = new("01890a5d-ac96-774b-bcce-00000000000b");

    private readonly TemporaryDirectory? _temporary;
    private readonly string _directory;
    private readonly bool _ownsCompute;
    private readonly LaneSpec _lane;
    private long _epoch;

    /// <param name="compute">The caller's; null for one of its own.</param>
    /// <param name="shape">Changes the spec.</param>
    /// <param name="directory">Where it lives beyond this object; null for a temporary one.</param>
    /// <param name="lane">Changes its lane's spec.</param>
    public TinyStudent(
        ComputeThread? compute = null, Func<StudentSpec, StudentSpec>? shape = null, string? directory = null, Func<LaneSpec, LaneSpec>? lane = null)
    {
        var sampled = new LaneSpec { Name = "lane", Draws = LabelledSequences.Draws, MaxAnswerTokens = 8 };
        _lane = lane?.Invoke(sampled) ?? sampled;
        _temporary = directory is null ? new TemporaryDirectory() : null;
        _directory = directory ?? _temporary!.Path;
        _ownsCompute = compute is null;
        Compute = compute ?? new ComputeThread(new ComputeOptions { Threads = 1 });
        TeacherDirectory = InDirectory("teacher");
        var tokenizer = BpeTrainer.Train(["a message and its answer"], 260, PromptTemplate.SpecialTokens);
        var config = new ModelConfig
        {
            HiddenSize = 16,
            IntermediateSize = 24,
            Layers = 1,
            Heads = 2,
            KeyValueHeads = 1,
            HeadDim = 8,
            VocabularySize = tokenizer.VocabularySize,
            MaxPositions = 64,
            TieWordEmbeddings = true,
            EosTokenIds = [tokenizer.IdOf(PromptTemplate.EndToken)!.Value],
        };
        using (var decoder = CausalDecoder.CreateFresh(config, 1, torch.CPU))
        {
            ModelDirectory.Write(TeacherDirectory, decoder, torch.ScalarType.Float32, tokenizer, PromptTemplate.Default);
        }

        Records = new LabelRecords(LaneId, tokenizer.Hash, PromptTemplate.Default.Hash);
        var fresh = new FreshModelSpec { TokenizerFrom = TeacherDirectory, HiddenSize = 16, Layers = 1, Heads = 2, KeyValueHeads = 1, IntermediateSize = 24, MaxPositions = 16 };
        var spec = new StudentSpec
        {
            Name = "tiny",
            Lane = "lane",
            Base = new BaseModelSpec { Fresh = fresh },
            Training = new TrainingSpec { SequencesPerStep = SequencesPerStep, RowTokens = 24, WarmupSteps = 2, LearningRate = 0.01 },
            Snapshots = new SnapshotSpec { EverySeconds = 5 },
        };
        Spec = shape?.Invoke(spec) ?? spec;
        Blobs = new FileBlobStore(InDirectory("store"));
        Checkpoints = new CheckpointStore(InDirectory("checkpoints"), NullLogger<CheckpointStore>.Instance);
    }

    public ComputeThread Compute { get; }

    public StudentSpec Spec { get; }

    public Guid StudentId { get; init; } = DefaultId;

    public string TeacherDirectory { get; }

    public string CheckpointDirectory => InDirectory("checkpoints");

    public LabelRecords Records { get; }

    public MemoryLabelLog Log { get; set; } = new();

    public MemoryTrainerServices Services { get; } = new();

    public FileBlobStore Blobs { get; }

    public CheckpointStore Checkpoints { get; }

    public StillTime Time { get; } = new();

    /// <summary>The next trainer of this student, of the next epoch.</summary>
    public StudentTrainer NewTrainer()
    {
        Log.ExpectReader();
        return new StudentTrainer(Context(++_epoch));
    }

    public TrainerContext Context(long epoch) => new()
    {
        Student = new Definition
        {
            Kind = DefinitionKind.Student, Id = StudentId, Name = Spec.Name, Revision = 1, Student = new StudentDefinition(Spec, LaneId, false, "spec-hash"),
        },
        Lane = new Definition
        {
            Kind = DefinitionKind.Lane,
            Id = LaneId,
            Name = "lane",
            Revision = 1,
            Lane = new LaneDefinition(_lane, LabelRecords.Log.Partition, 1),
        },
        Teacher = new Definition
        {
            Kind = DefinitionKind.Teacher,
            Id = LaneId,
            Name = "teacher",
            Revision = 1,
            Teacher = new TeacherDefinition(new TeacherSpec { Name = "teacher", Lane = "lane", Model = TeacherDirectory, LicenceVerdict = "own" }, LaneId),
        },
        Epoch = epoch,
        Labels = Log,
        Services = Services,
        Checkpoints = Checkpoints,
        Blobs = Blobs,
        Compute = Compute,
        Time = Time,
        Loggers = NullLoggerFactory.Instance,
    };

    /// <summary>Starts a trainer and waits until it has processed the whole log.</summary>
    public async Task<StudentTrainer> RunToEndAsync()
    {
        var trainer = NewTrainer();
        trainer.Start();
        await FirstOf(Log.Drained, trainer);
        return trainer;
    }

    /// <summary>Waits until the trainer looks at its clock: a ring before that reaches nobody.</summary>
    public async Task TickingAsync(StudentTrainer trainer)
    {
        // for publishing, and for the log's end
        await FirstOf(Time.PeriodBegunAsync(), trainer);
        await FirstOf(Time.PeriodBegunAsync(), trainer);
    }

    /// <summary>Runs to the log's end, stops, and returns the digests of what the final checkpoint holds, with the step.</summary>
    public async Task<TrainedState> TrainToEndAsync()
    {
        await using var trainer = await RunToEndAsync();
        await trainer.StopAsync();
        Assert.Equal(TrainerState.Stopped, trainer.State);
        return await StoredStateAsync();
    }

    public async Task<TrainedState> StoredStateAsync()
    {
        var stored = await Checkpoints.LatestAsync(StudentId, CancellationToken.None);
        return new TrainedState(stored!.Document.Step, string.Join('\n', stored.Document.Files.Select(file => $"{file.Key} {file.Value}")), stored.Document);
    }

    private string InDirectory(string name) => Path.Combine(_directory, name);

    public static async Task FirstOf(Task drained, StudentTrainer trainer)
    {
        await Task.WhenAny(drained, trainer.Completion);
        Assert.True(trainer.State != TrainerState.Failed, trainer.Message);
    }

    public void Dispose()
    {
        if (_ownsCompute)
        {
            Compute.Dispose();
        }

        _temporary?.Dispose();
    }
}
