using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Models.Weights;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>A student as a checkpoint, and back.</summary>
internal static class StudentCheckpoint
{
    private const string WeightsFile = "weights.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string DedupeFile = "dedupe.bin";
    private const string HoldoutFile = "holdout.bin";
    private const string PendingFile = "pending.bin";

    public static CheckpointContent Describe(
        TrainerContext context,
        string baseModel,
        string baseSnapshot,
        double deviceSeconds,
        double? loss,
        StateCopy copy) => new()
    {
        Document = new CheckpointDocument
        {
            StudentId = context.Student.Id,
            Epoch = context.Epoch,
            Step = copy.Step,
            SpecHash = context.StudentDefinition.SpecHash,
            BaseModel = baseModel,
            BaseSnapshot = baseSnapshot,
            Start = copy.Intake.Start,
            Next = copy.Intake.Next,
            Passages = copy.Intake.Passages,
            LastRecordSha256 = copy.Intake.LastRecordSha256,
            TeacherRevision = copy.Intake.TeacherRevision,
            Counters = copy.Intake.Counters,
            Loss = loss,
            DeviceSeconds = deviceSeconds,
            Environment = context.Compute.Environment,
            CreatedAt = context.Time.GetUtcNow(),
        },
        Tensors = new Dictionary<string, IReadOnlyDictionary<string, Tensor>> { [WeightsFile] = copy.Trained, [OptimizerFile] = copy.Optimizer },
        Files = new Dictionary<string, Func<byte[]>>
        {
            [DedupeFile] = () => copy.Intake.Dedupe,
            [HoldoutFile] = () => SourcedSequenceFile.Encode(copy.Intake.Holdout),
            [PendingFile] = () => SourcedSequenceFile.Encode(copy.Intake.Pending),
        },
        StateHash = new Lazy<string>(() => copy.Hash),
    };

    /// <summary>Loads the base, or what a checkpoint made of it.</summary>
    /// <exception cref="RefluxException">The checkpoint is of another spec or base.</exception>
    public static async Task<(StudentBase Basis, StudentFold Fold)> LoadAsync(
        Definition studentDefinition, Definition laneDefinition, ICompute compute, StoredCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        var student = studentDefinition.Student ?? throw new ArgumentException("the definition is not a student's", nameof(studentDefinition));
        var lane = laneDefinition.Lane?.Spec ?? throw new ArgumentException("the definition is not a lane's", nameof(laneDefinition));
        if (SpecRules.Problem(student.Spec) is { } problem)
        {
            throw problem;
        }

        var basis = StudentBase.Load(student.Spec.Base);
        if (checkpoint is not null)
        {
            Refuse(checkpoint.Document, student.SpecHash, basis.Name);
        }

        var labels = LabelSpec.Of(lane);
        if (Objective.Refusal(Objective.Of(student.Spec.Training, labels.Temperature).Divergence, labels.Kind) is { } refusal)
        {
            throw refusal;
        }

        var rules = new IntakeRules(
            laneDefinition.Id, basis.Tokenizer.Hash, basis.Template.Hash, labels, basis.Tokenizer.VocabularySize, basis.Config.MaxPositions);
        var intake = new SequenceIntake(rules, checkpoint is null ? null : await ReadStateAsync(checkpoint.Document, file => File.ReadAllBytesAsync(checkpoint.PathOf(file), cancellationToken)));
        var learner = await compute.RunAsync(
            ComputeQueue.Trainer,
            () =>
            {
                var created = new StudentLearner(basis.CreateDecoder(compute.Device, student.Spec.Lora), student.Spec.Training, lane.Temperature);
                if (checkpoint is not null)
                {
                    Restore(created, checkpoint, compute.Device);
                }

                return created;
            },
            cancellationToken);
        return (basis, new StudentFold(basis.Name, intake, learner, student.Spec.Training.SequencesPerStep));
    }

    private static void Restore(StudentLearner learner, StoredCheckpoint checkpoint, Device device)
    {
        using var scope = NewDisposeScope();
        learner.Restore(
            checkpoint.Document.Step,
            checkpoint.Document.DeviceSeconds,
            Safetensors.Read(checkpoint.PathOf(WeightsFile), device),
            Safetensors.Read(checkpoint.PathOf(OptimizerFile), device));
    }

    /// <summary>The intake's state, from a checkpoint's document and its files.</summary>
    public static async Task<IntakeState> ReadStateAsync(CheckpointDocument document, Func<string, Task<byte[]>> read) => new(
        document.Start,
        document.Next,
        document.LastRecordSha256,
        document.TeacherRevision,
        document.Counters,
        await read(DedupeFile),
        SourcedSequenceFile.Decode(await read(HoldoutFile)),
        SourcedSequenceFile.Decode(await read(PendingFile)),
        document.Passages);

    private static void Refuse(CheckpointDocument document, string specHash, string baseModel)
    {
        if (document.SpecHash != specHash || document.BaseModel != baseModel)
        {
            throw new RefluxException(
                ErrorCodes.InvalidRequest,
                $"The student's checkpoint at step {document.Step} was made by another {(document.SpecHash != specHash ? "spec" : "base model")}.",
                "Create a new student for the changed spec or base; this one goes on when both are as they were.");
        }
    }
}
