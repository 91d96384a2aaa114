using System.Security.Cryptography;
using Orleans.Engine.Simulation;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Records;
using Reflux.Distillation.Snapshots;
using Reflux.Distillation.Training;
using Reflux.Simulation.Tests.Installation;
using Reflux.Simulation.Tests.Teaching;

namespace Reflux.Simulation.Tests.Training;

/// <summary>Loads students whose weights are a hash, and stages them.</summary>
internal sealed class SimulatedLoader(SimulatedDisk disk, SimulatedProcess process, Weather weather, Func<DedupeWindow?> dedupe) : IStudentLoader
{
    public static IntakeRules Rules(Definition lane) =>
        new(lane.Id, SimulatedTeacher.TokenizerHash, SimulatedTeacher.TemplateHash, LabelSpec.Of(lane.Lane!.Spec), SimulatedTeacher.Vocabulary, 64);

    /// <summary>A student that has read nothing.</summary>
    public static StudentFold Fresh(Definition student, Definition lane) =>
        new("simulated", new SequenceIntake(Rules(lane), null), new HashLearner(), student.Student!.Spec.Training.SequencesPerStep);

    public async Task<LoadedStudent> LoadAsync(TrainerContext context, StoredCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        var stager = new Stager(this, context);
        await Task.Delay(weather.Within(200), process.Clock, cancellationToken);
        if (checkpoint is null)
        {
            process.Note("trains from the base");
            return new LoadedStudent(With(context, null, new HashLearner()), stager);
        }

        var kept = disk.Open(checkpoint);
        process.Note($"trains from {kept.Directory}");
        var state = await StudentCheckpoint.ReadStateAsync(kept.Document, file => Task.FromResult(kept.Files[file]));
        return new LoadedStudent(With(context, state, new HashLearner(kept.Weights, kept.Document.Step)), stager);
    }

    private StudentFold With(TrainerContext context, IntakeState? state, HashLearner learner) => new(
        "simulated", new SequenceIntake(Rules(context.Lane), state, dedupe()), learner, context.StudentDefinition.Spec.Training.SequencesPerStep);

    private sealed class Stager(SimulatedLoader loader, TrainerContext context) : ISnapshotStager
    {
        public async Task<StagedSnapshot> StageAsync(SnapshotCapture capture, string? previous, CancellationToken cancellationToken)
        {
            var weights = Convert.ToHexStringLower(Array.ConvertAll(capture.Weights["weights"].data<float>().ToArray(), part => (byte)part));
            await Task.Delay(loader.Weather.Within(500), loader.Process.Clock, cancellationToken);
            var nowhere = new Position(default, 0);
            var manifest = new SnapshotManifest
            {
                Student = context.Student.Name,
                StudentId = context.Student.Id,
                Epoch = context.Epoch,
                Step = capture.State.Step,
                SpecHash = context.StudentDefinition.SpecHash,
                BaseModel = "simulated",
                Lane = context.Lane.Name,
                LaneId = context.Lane.Id,
                Teacher = new TeacherProvenance("", Guid.Empty, capture.State.Intake.TeacherRevision, "", "", ""),
                Labels = new LabelProvenance("", 0, 1, 0, ""),
                From = capture.State.Intake.Start ?? nowhere,
                To = capture.Frontier.Record ?? nowhere,
                ToSequence = capture.Frontier.Index,
                TrainedTokens = capture.State.Intake.Counters.TrainedTokens,
                TrainedSequences = capture.State.Intake.Counters.TrainedSequences,
                Parent = previous,
                Dtype = "F32",
                Environment = context.Compute.Environment,
                Gate = new GateReport { Passed = true, Failures = [], FiniteWeights = true, GreedyReproduced = true },
                Greedy = new GreedyCheck(1, 0, []),
                Resources = new ResourceUse(0, 0, 0),
                CreatedAt = context.Time.GetUtcNow(),
                Files = [],
            };
            var digest = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"{context.Epoch} {capture.State.Step} {weights} {previous}")));
            loader.Disk.Snapshots[digest] = (capture.State.Step, weights);
            return new StagedSnapshot(manifest, digest);
        }
    }

    private SimulatedDisk Disk => disk;

    private SimulatedProcess Process => process;

    private Weather Weather => weather;
}
