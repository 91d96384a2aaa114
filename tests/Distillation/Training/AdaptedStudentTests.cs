using Reflux.Contracts.Definitions;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Snapshots;
using Reflux.Distillation.Storage;
using Reflux.Models;
using Reflux.Models.Adapters;
using Reflux.Models.Weights;
using Reflux.Tests.Support;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

/// <summary>A student that trains an adapter beside its base, with every option that saves memory.</summary>
public sealed class AdaptedStudentTests
{
    private const int Sequences = 21;

    [Fact]
    public async Task It_reaches_the_same_bits_however_often_it_is_stopped()
    {
        using var undisturbed = new TinyStudent(shape: Adapted);
        undisturbed.Log.Append([.. Records(undisturbed)]);
        var expected = await undisturbed.TrainToEndAsync();
        using var stopped = new TinyStudent(shape: Adapted);
        foreach (var record in Records(stopped))
        {
            stopped.Log.Append([record]);
            await stopped.TrainToEndAsync();
        }

        Assert.Equal(Sequences / TinyStudent.SequencesPerStep, expected.Step);
        Assert.Equal(expected.Weights, (await stopped.StoredStateAsync()).Weights);
    }

    [Fact]
    public async Task Checkpoints_hold_the_adapter_and_snapshots_a_whole_model()
    {
        using var student = new TinyStudent(shape: Adapted);
        student.Log.Append([.. Records(student)]);
        await using var trainer = await student.RunToEndAsync();
        var basis = await StoredSnapshot.ReadManifestAsync(student.Blobs, trainer.Progress!.BaseSnapshot!, CancellationToken.None);

        var result = await trainer.SnapshotAsync(publish: true, CancellationToken.None);
        await trainer.StopAsync();

        Assert.True(result.Gate.Passed, string.Join("; ", result.Gate.Failures));
        using var scope = NewDisposeScope();
        var checkpoint = (await student.Checkpoints.LatestAsync((await student.StoredStateAsync()).Document.StudentId, CancellationToken.None))!;
        Assert.Equal(
            ["model.layers.0.mlp.up_proj.lora_A.weight", "model.layers.0.mlp.up_proj.lora_B.weight", "model.layers.0.self_attn.q_proj.lora_A.weight", "model.layers.0.self_attn.q_proj.lora_B.weight"],
            Safetensors.Read(checkpoint.PathOf("weights.safetensors"), CPU).Keys);
        var manifest = await StoredSnapshot.ReadManifestAsync(student.Blobs, result.Manifest, CancellationToken.None);
        using var model = await StoredSnapshot.LoadAsync(student.Blobs, manifest.Files, student.Compute, CancellationToken.None);
        using var before = await StoredSnapshot.LoadAsync(student.Blobs, basis.Files, student.Compute, CancellationToken.None);
        var changed = await student.Compute.RunAsync(
            ComputeQueue.Evaluator,
            () => model.Decoder.Parameters.Where(parameter => parameter.Value.ne(before.Decoder.Parameters[parameter.Key]).any().item<bool>()).Select(parameter => parameter.Key).ToArray(),
            CancellationToken.None);
        Assert.Equal(["model.layers.0.mlp.up_proj.weight", "model.layers.0.self_attn.q_proj.weight"], changed);
    }

    [Fact]
    public async Task A_snapshot_s_adapter_leaves_as_peft_s_and_makes_its_weights_from_the_base()
    {
        using var student = new TinyStudent(shape: Adapted);
        student.Log.Append([.. Records(student)]);
        await using var trainer = await student.RunToEndAsync();
        var result = await trainer.SnapshotAsync(publish: true, CancellationToken.None);
        await trainer.StopAsync();
        var manifest = await StoredSnapshot.ReadManifestAsync(student.Blobs, result.Manifest, CancellationToken.None);
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(
            directory.File(AdapterFile.FileName), await student.Blobs.ReadVerifiedAsync(manifest.Files.Single(file => file.Name == AdapterFile.FileName).Sha256, CancellationToken.None));
        var basis = student.TeacherDirectory;

        AdapterFile.WritePeft(directory.Path, directory.File("peft"), basis, ScalarType.Float32);

        using var model = await StoredSnapshot.LoadAsync(student.Blobs, manifest.Files, student.Compute, CancellationToken.None);
        using var original = LanguageModel.Load(basis, CPU);
        using var adapter = PeftDirectory.Load(directory.File("peft"), original.Decoder, basis);
        using var scope = NewDisposeScope();
        Assert.All(adapter.Merge(original.Decoder.Parameters), parameter =>
            Assert.True(parameter.Value.sub(model.Decoder.Parameters[parameter.Key]).abs().max().item<float>() < 1e-6, parameter.Key));
        Directory.CreateDirectory(directory.File("other"));
        await File.WriteAllTextAsync(directory.File("other/model.safetensors"), "another");
        Assert.Contains("another base", Assert.Throws<ModelException>(() => AdapterFile.WritePeft(directory.Path, directory.File("x"), directory.File("other"), ScalarType.Float32)).Message, StringComparison.Ordinal);
        Assert.Contains("no adapter", Assert.Throws<ModelException>(() => AdapterFile.WritePeft(basis, directory.File("x"), basis, ScalarType.Float32)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_the_base_lacks_fails_the_student_by_name()
    {
        using var student = new TinyStudent(shape: spec => Adapted(spec) with { Lora = new LoraSpec { TargetModules = ["c_attn"] } });
        await using var trainer = student.NewTrainer();
        trainer.Start();
        await trainer.Completion;

        Assert.Contains("c_attn", trainer.Message);
    }

    private static StudentSpec Adapted(StudentSpec spec) => spec with
    {
        Base = new BaseModelSpec { Directory = spec.Base.Fresh!.TokenizerFrom },
        Training = spec.Training with { MicroBatchRows = 1, RecomputeBlocks = true, ComputeDtype = "BF16" },
        Lora = new LoraSpec { Rank = 4, TargetModules = ["q_proj", "up_proj"] },
        Snapshots = spec.Snapshots with { Dtype = "F32", MaxAcceptanceDrop = 1 },
    };

    private static IEnumerable<byte[]> Records(TinyStudent student) =>
        Enumerable.Range(0, Sequences).Select(offset => LabelledSequences.At(offset)).Chunk(5).Select(sequences => student.Records.Encode(sequences));
}
