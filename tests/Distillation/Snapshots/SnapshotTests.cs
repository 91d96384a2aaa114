using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Evaluation;
using Reflux.Distillation.Snapshots;
using Reflux.Distillation.Storage;
using Reflux.Distillation.Tests.Training;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using TorchSharp;

namespace Reflux.Distillation.Tests.Snapshots;

/// <summary>Snapshots as a trainer takes them, read back as a client does.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task A_published_snapshot_is_complete_and_says_where_it_comes_from()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 6));
        await using var trainer = await student.RunToEndAsync();

        var result = await trainer.SnapshotAsync(publish: true, CancellationToken.None);

        Assert.True(result.Gate.Passed, string.Join("; ", result.Gate.Failures));
        Assert.Equal(1, result.Published!.Version);
        var manifest = await StoredSnapshot.ReadManifestAsync(student.Blobs, result.Manifest, CancellationToken.None);
        Assert.Equal((1, 1, "BF16"), (manifest.Step, manifest.Epoch, manifest.Dtype));
        Assert.Equal((4, trainer.Progress!.BaseSnapshot), (manifest.TrainedSequences, manifest.Parent));
        Assert.Equal((new Contracts.Identity.Position(LabelRecords.Log, 0), 5), (manifest.To, manifest.ToSequence));
        Assert.Equal(("own", new string('7', 64)), (manifest.Teacher.LicenceVerdict, manifest.Teacher.Revision));
        Assert.Equal(SnapshotProbe.GreedyPrompts, manifest.Greedy.Cases.Count);
        Assert.Contains(manifest.Files, file => file.Name == "model.safetensors");
        using var model = await StoredSnapshot.LoadAsync(student.Blobs, manifest.Files, student.Compute, CancellationToken.None);
        var differences = await student.Compute.RunAsync(
            Distillation.Compute.ComputeQueue.Evaluator, () => GreedyChecker.Verify(model.Decoder, manifest.Greedy, model.StopTokenIds), CancellationToken.None);
        Assert.Empty(differences);
    }

    [Fact]
    public async Task The_stored_weights_are_what_is_measured_on_the_newest_holdout()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 6));
        await using var trainer = await student.RunToEndAsync();

        var result = await trainer.SnapshotAsync(publish: false, CancellationToken.None);
        var evaluation = await trainer.EvaluateAsync(new EvaluationRequest(result.Manifest), CancellationToken.None);

        Assert.Null(result.Published);
        Assert.Empty(student.Services.Committed);
        Assert.Equal(1, result.Gate.Acceptance!.Sequences);
        Assert.Equal(result.Gate.Acceptance, evaluation.Acceptance);
        Assert.NotNull(result.Gate.PreviousAcceptance);
        Assert.Equal(result.Gate, trainer.Progress!.LastGate);
    }

    [Fact]
    public async Task Publication_comes_with_time_and_only_for_new_steps()
    {
        using var student = new TinyStudent();
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        student.Services.OnCall = call =>
        {
            if (call == nameof(ITrainerServices.CommitSnapshotAsync))
            {
                committed.TrySetResult();
            }
        };
        await using var trainer = await student.RunToEndAsync();
        await student.TickingAsync(trainer);

        student.Log.Append(Record(student, 0, 6));
        await TinyStudent.FirstOf(student.Log.Drained, trainer);
        student.Time.Ring();
        await TinyStudent.FirstOf(committed.Task, trainer);
        student.Time.Ring();
        await trainer.StopAsync();

        Assert.Equal(1, Assert.Single(student.Services.Committed).Version.Step);
    }

    [Fact]
    public async Task The_gate_lets_no_worse_snapshot_through()
    {
        using var good = new TinyStudent(shape: Strict);
        good.Log.Append([.. Enumerable.Range(0, 40).Select(i => Record(good, 6 * i, 6))]);
        await using (var trainer = await good.RunToEndAsync())
        {
            Assert.NotNull((await trainer.SnapshotAsync(publish: true, CancellationToken.None)).Published);
        }

        var context = good.Context(99);
        using var worse = new TinyStudent(shape: Strict);
        worse.Log.Append(Record(worse, 0, 3));
        await using var fresh = new StudentTrainer(context with { Checkpoints = worse.Checkpoints, Labels = worse.Log, Time = worse.Time });
        fresh.Start();
        await TinyStudent.FirstOf(worse.Log.Drained, fresh);

        var refused = await fresh.SnapshotAsync(publish: true, CancellationToken.None);

        Assert.False(refused.Gate.Passed);
        Assert.Null(refused.Published);
        Assert.Contains("acceptance", Assert.Single(refused.Gate.Failures));
        Assert.Single(good.Services.Committed);
    }

    [Fact]
    public async Task Weights_that_are_not_finite_are_refused_by_name()
    {
        using var student = new TinyStudent();
        var context = student.Context(1);
        var basis = StudentBase.Load(student.Spec.Base);
        using var decoder = basis.CreateDecoder(student.Compute.Device);
        var name = decoder.Parameters.Keys.First();
        using (TorchSharp.torch.no_grad())
        {
            decoder.Parameters[name].fill_(float.PositiveInfinity);
        }

        using var capture = Capture(decoder.Parameters.ToDictionary(entry => entry.Key, entry => entry.Value.to_type(TorchSharp.torch.ScalarType.BFloat16).clone()));
        var staged = await new SnapshotStager(context, basis, Logger()).StageAsync(capture, null, CancellationToken.None);

        Assert.False(staged.Manifest.Gate.Passed);
        Assert.False(staged.Manifest.Gate.FiniteWeights);
        Assert.Contains(staged.Manifest.Gate.Failures, failure => failure.Contains(name));
    }

    [Fact]
    public async Task A_greedy_check_of_other_weights_does_not_reproduce()
    {
        using var student = new TinyStudent();
        await using var trainer = await student.RunToEndAsync();
        var manifest = await StoredSnapshot.ReadManifestAsync(student.Blobs, trainer.Progress!.BaseSnapshot!, CancellationToken.None);
        using var model = await StoredSnapshot.LoadAsync(student.Blobs, manifest.Files, student.Compute, CancellationToken.None);
        var (first, rest) = (manifest.Greedy.Cases[0], manifest.Greedy.Cases.Skip(1));
        var altered = manifest.Greedy with { Cases = [first with { Output = [(first.Output[0] + 1) % 260, .. first.Output.Skip(1)] }, .. rest] };

        var differences = await new SnapshotProbe(student.Compute, 1).VerifyGreedyAsync(model, altered, CancellationToken.None);

        var gate = SnapshotGate.Judge([], differences, null, null, 0.02);
        Assert.Single(differences);
        Assert.False(gate.Passed);
        Assert.False(gate.GreedyReproduced);
    }

    [Fact]
    public async Task A_tampered_file_is_never_loaded()
    {
        using var student = new TinyStudent();
        await using var trainer = await student.RunToEndAsync();
        var manifest = await StoredSnapshot.ReadManifestAsync(student.Blobs, trainer.Progress!.BaseSnapshot!, CancellationToken.None);
        var weights = manifest.Files.Single(file => file.Name == "model.safetensors");
        var forged = await student.Blobs.PutAsync("something else"u8.ToArray(), CancellationToken.None);
        var overlaid = new ForgingStore(student.Blobs, weights.Sha256, forged.Sha256);

        var damage = await Assert.ThrowsAsync<InvalidDataException>(() => StoredSnapshot.LoadAsync(overlaid, manifest.Files, student.Compute, CancellationToken.None));

        Assert.Contains("model.safetensors", damage.Message);
    }

    [Fact]
    public async Task A_copy_of_the_teacher_answers_as_the_teacher_does()
    {
        using var student = new TinyStudent(shape: spec => spec with
        {
            Base = new BaseModelSpec { Directory = spec.Base.Fresh!.TokenizerFrom },
            Snapshots = spec.Snapshots with { Dtype = "F32" },
        });
        student.Log.Append(student.Records.Encode([.. Enumerable.Range(0, 3).Select(offset => LabelledSequences.At(offset, holdout: true))]));
        await using var trainer = await student.RunToEndAsync();

        var all = await trainer.EvaluateAsync(new EvaluationRequest(trainer.Progress!.BaseSnapshot!, ExactMatch: true), CancellationToken.None);
        var one = await trainer.EvaluateAsync(
            new EvaluationRequest(trainer.Progress.BaseSnapshot!, [LabelledSequences.PromptId(2)]), CancellationToken.None);

        Assert.Equal((1.0, 3), (all.ExactMatch, all.ExactMatchPrompts));
        Assert.Equal(3, all.Acceptance.Sequences);
        Assert.Equal((null, 1), (one.ExactMatch, one.Acceptance.Sequences));
    }

    [Fact]
    public async Task An_evaluation_of_nothing_is_refused()
    {
        using var student = new TinyStudent();
        student.Log.Append(Record(student, 0, 6));
        await using var trainer = await student.RunToEndAsync();

        var unknown = await Assert.ThrowsAsync<RefluxException>(
            () => trainer.EvaluateAsync(new EvaluationRequest(new string('0', 64)), CancellationToken.None));
        var empty = await Assert.ThrowsAsync<RefluxException>(
            () => trainer.EvaluateAsync(new EvaluationRequest(trainer.Progress!.BaseSnapshot!, [LabelledSequences.PromptId(77)]), CancellationToken.None));

        Assert.Equal(ErrorCodes.SnapshotNotFound, unknown.Code);
        Assert.Equal(ErrorCodes.InvalidRequest, empty.Code);
    }

    [Theory]
    [InlineData(ModelFamily.Mistral, false)]
    [InlineData(ModelFamily.Qwen2, false)]
    [InlineData(ModelFamily.Qwen3, true)]
    public async Task A_snapshot_of_a_base_from_elsewhere_keeps_its_family_padding_and_generation_config(ModelFamily family, bool fresh)
    {
        using var student = new TinyStudent(shape: spec => fresh ? spec : spec with { Base = new BaseModelSpec { Directory = spec.Base.Fresh!.TokenizerFrom } });
        var tokenizer = Tokenizer.Load(Path.Combine(student.TeacherDirectory, "tokenizer.json"));
        var end = tokenizer.IdOf(PromptTemplate.EndToken)!.Value;
        var config = ModelConfig.Load(student.TeacherDirectory) with
        {
            Family = family,
            QueryKeyValueBias = family is ModelFamily.Qwen2,
            QueryKeyNorm = family is ModelFamily.Qwen3,
            SlidingWindow = 3,
            HeadDim = 6,
            VocabularySize = tokenizer.VocabularySize + 7,
            EosTokenIds = [],
        };
        using (var decoder = CausalDecoder.CreateFresh(config, 1, torch.CPU))
        {
            ModelDirectory.Write(
                student.TeacherDirectory, decoder, torch.ScalarType.BFloat16, tokenizer, PromptTemplate.Default, new GenerationConfig { EosTokenIds = [end], TopK = 20 }, maxShardBytes: 2000);
        }

        student.Log.Append(Record(student, 0, 6));
        await using var trainer = await student.RunToEndAsync();
        var result = await trainer.SnapshotAsync(publish: true, CancellationToken.None);

        Assert.True(result.Gate.Passed, string.Join("; ", result.Gate.Failures));
        var manifest = await StoredSnapshot.ReadManifestAsync(student.Blobs, result.Manifest, CancellationToken.None);
        using var model = await StoredSnapshot.LoadAsync(student.Blobs, manifest.Files, student.Compute, CancellationToken.None);
        Assert.Equal([end], model.StopTokenIds);
        Assert.Equal(20, model.Generation.TopK);
        Assert.Equal(
            fresh ? (ModelFamily.Llama, tokenizer.VocabularySize, null) : (family, tokenizer.VocabularySize + 7, 3),
            (model.Config.Family, model.Config.VocabularySize, model.Config.SlidingWindow));
    }

    private static StudentSpec Strict(StudentSpec spec) => spec with { Snapshots = spec.Snapshots with { MaxAcceptanceDrop = 0, Dtype = "F32" } };

    /// <summary>One record; its third sequence is holdout.</summary>
    private static byte[] Record(TinyStudent student, int first, int count) => student.Records.Encode(
        [.. Enumerable.Range(first, count).Select(offset => LabelledSequences.At(offset, holdout: offset % 6 == 2))]);

    private static Microsoft.Extensions.Logging.ILogger<SnapshotStager> Logger() => Microsoft.Extensions.Logging.Abstractions.NullLogger<SnapshotStager>.Instance;

    private static SnapshotCapture Capture(IReadOnlyDictionary<string, TorchSharp.torch.Tensor> weights) => new()
    {
        Weights = weights,
        State = new StateCopy(
            3, new IntakeState(null, null, "", "", new IntakeCounters(), [], [], [], []), new Dictionary<string, TorchSharp.torch.Tensor>(), new Dictionary<string, TorchSharp.torch.Tensor>()),
        Frontier = (null, 0),
        DeviceSeconds = 0,
    };

    private sealed class ForgingStore(FileBlobStore store, string asked, string given) : Contracts.Storage.IBlobStore
    {
        public Task<Contracts.Storage.BlobDescriptor> PutAsync(Stream content, CancellationToken cancellationToken) => store.PutAsync(content, cancellationToken);

        public Task<Stream?> OpenAsync(string sha256, CancellationToken cancellationToken) => store.OpenAsync(sha256 == asked ? given : sha256, cancellationToken);

        public Task<bool> ExistsAsync(string sha256, CancellationToken cancellationToken) => store.ExistsAsync(sha256, cancellationToken);
    }
}
