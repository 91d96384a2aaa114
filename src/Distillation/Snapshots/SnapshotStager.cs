using System.Text.Json;
using Microsoft.Extensions.Logging;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Evaluation;
using Reflux.Distillation.Records;
using Reflux.Distillation.Storage;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Adapters;
using Reflux.Models.Weights;

namespace Reflux.Distillation.Snapshots;

/// <summary>
/// Writes a capture into the blob store as a complete model directory, reads those stored bytes back, and measures them: the gate judges
/// what a client will load, not what the trainer has in memory.
/// </summary>
internal sealed partial class SnapshotStager(TrainerContext context, StudentBase basis, ILogger<SnapshotStager> logger) : ISnapshotStager
{
    /// <summary>Newest holdout sequences that the gate measures on; half a minute of publications must not eat the device.</summary>
    public const int GateSequences = 128;

    private const string WeightsFile = "model.safetensors";

    private readonly SnapshotProbe _probe = new(context.Compute, context.LaneDefinition.Spec.Temperature);

    /// <inheritdoc />
    public async Task<StagedSnapshot> StageAsync(SnapshotCapture capture, string? previous, CancellationToken cancellationToken)
    {
        var files = await StoreAsync(capture, cancellationToken);
        var (gate, greedy) = await JudgeAsync(capture, files, previous, cancellationToken);
        FaultPoint.Reach("snapshot.stage");
        var manifest = Describe(capture, files, gate, greedy, previous);
        var blob = await context.Blobs.PutAsync(JsonSerializer.SerializeToUtf8Bytes(manifest, RefluxJson.Options), cancellationToken);
        return new StagedSnapshot(manifest, blob.Sha256);
    }

    private async Task<(GateReport Gate, GreedyCheck Greedy)> JudgeAsync(
        SnapshotCapture capture, IReadOnlyList<SnapshotFile> files, string? previous, CancellationToken cancellationToken)
    {
        var maxDrop = context.StudentDefinition.Spec.Snapshots.MaxAcceptanceDrop;
        var nonFinite = await _probe.NonFiniteAsync(capture.Weights, cancellationToken);
        if (nonFinite.Count > 0)
        {
            return (SnapshotGate.Judge(nonFinite, ["not run on such weights"], null, null, maxDrop), new GreedyCheck(context.Compute.Threads, GreedyChecker.DefaultMaxTokens, []));
        }

        LabelledSequence[] holdout = [.. capture.State.Intake.Holdout.Select(sourced => sourced.Sequence)];
        LabelledSequence[] newest = [.. holdout.TakeLast(GateSequences)];
        GreedyCheck greedy;
        AcceptanceReport? acceptance;
        using (var stored = await StoredSnapshot.LoadAsync(context.Blobs, files, context.Compute, cancellationToken))
        {
            greedy = await _probe.RecordGreedyAsync(stored, SnapshotProbe.ChooseGreedyPrompts(stored, holdout), cancellationToken);
            acceptance = await _probe.AcceptanceAsync(stored, newest, cancellationToken);
        }

        // a second load: what was recorded must follow from the stored bytes alone
        IReadOnlyList<string> differences;
        using (var again = await StoredSnapshot.LoadAsync(context.Blobs, files, context.Compute, cancellationToken))
        {
            differences = await _probe.VerifyGreedyAsync(again, greedy, cancellationToken);
        }

        var before = await MeasurePreviousAsync(previous, newest, cancellationToken);
        return (SnapshotGate.Judge(nonFinite, differences, acceptance, before, maxDrop), greedy);
    }

    private async Task<IReadOnlyList<SnapshotFile>> StoreAsync(SnapshotCapture capture, CancellationToken cancellationToken)
    {
        var dtype = SnapshotDtype.Parse(context.StudentDefinition.Spec.Snapshots.Dtype);
        var files = new List<SnapshotFile>();
        foreach (var (name, content) in ModelDirectory.MetadataFiles(basis.Config, basis.Tokenizer, basis.Template, dtype, basis.Generation))
        {
            var blob = await context.Blobs.PutAsync(content, cancellationToken);
            files.Add(new SnapshotFile(name, blob.Size, blob.Sha256));
        }

        files.Add(await StoreAsync(WeightsFile, stream => Safetensors.Write(stream, capture.Weights, new Dictionary<string, string> { ["format"] = "pt" }), cancellationToken));
        if (capture.Adapter is { } adapter)
        {
            files.Add(await StoreAsync(AdapterFile.FileName, stream => AdapterFile.Write(stream, adapter, capture.State.Trained), cancellationToken));
        }

        files.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return files;
    }

    private async Task<SnapshotFile> StoreAsync(string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            Path.Combine(Path.GetTempPath(), $"reflux-weights-{Guid.NewGuid():N}"),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose });
        write(stream);
        stream.Position = 0;
        var stored = await context.Blobs.PutAsync(stream, cancellationToken);
        return new SnapshotFile(name, stored.Size, stored.Sha256);
    }

    private async Task<AcceptanceReport?> MeasurePreviousAsync(string? previous, IReadOnlyList<LabelledSequence> holdout, CancellationToken cancellationToken)
    {
        if (previous is null || holdout.Count == 0)
        {
            return null;
        }

        try
        {
            var manifest = await StoredSnapshot.ReadManifestAsync(context.Blobs, previous, cancellationToken);
            using var model = await StoredSnapshot.LoadAsync(context.Blobs, manifest.Files, context.Compute, cancellationToken);
            return await _probe.AcceptanceAsync(model, holdout, cancellationToken);
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or RefluxException)
        {
            // a lost predecessor must not stop publication for good; the manifest shows that nothing was compared
            LogNoPrevious(previous, damage);
            return null;
        }
    }

    private SnapshotManifest Describe(SnapshotCapture capture, IReadOnlyList<SnapshotFile> files, GateReport gate, GreedyCheck greedy, string? previous)
    {
        var lane = context.LaneDefinition;
        var read = capture.State.Intake;
        var nowhere = new Position(new LogId(Guid.Empty, lane.LabelPartition), 0);
        return new SnapshotManifest
        {
            Student = context.Student.Name,
            StudentId = context.Student.Id,
            Epoch = context.Epoch,
            Step = capture.State.Step,
            StateHash = capture.State.Hash,
            SpecHash = context.StudentDefinition.SpecHash,
            BaseModel = basis.Name,
            Lane = context.Lane.Name,
            LaneId = context.Lane.Id,
            Teacher = new TeacherProvenance(
                context.Teacher?.Name ?? "",
                context.Teacher?.Id ?? Guid.Empty,
                read.TeacherRevision,
                context.Teacher?.Teacher?.Spec.LicenceVerdict ?? "unstated",
                basis.Tokenizer.Hash,
                basis.Template.Hash),
            Labels = new LabelProvenance(lane.Spec.Labels, LabelSpec.Of(lane.Spec).Size, lane.Spec.Temperature, lane.Spec.HoldoutFraction, "none"),
            From = read.Start ?? nowhere,
            To = capture.Frontier.Record ?? nowhere,
            ToSequence = capture.Frontier.Index,
            Next = read.Next,
            Passages = read.Passages,
            TrainedTokens = read.Counters.TrainedTokens,
            TrainedSequences = read.Counters.TrainedSequences,
            Parent = previous,
            Dtype = context.StudentDefinition.Spec.Snapshots.Dtype,
            Environment = context.Compute.Environment,
            Gate = gate,
            Greedy = greedy,
            Resources = new ResourceUse(capture.DeviceSeconds, 0, 0),
            CreatedAt = context.Time.GetUtcNow(),
            Files = files,
        };
    }

    [LoggerMessage(LogLevel.Warning, "the previous snapshot {Manifest} can't be measured; the gate compares with nothing")]
    private partial void LogNoPrevious(string manifest, Exception damage);
}
