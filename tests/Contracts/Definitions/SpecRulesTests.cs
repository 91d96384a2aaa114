using System.Text.Json;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;

namespace Reflux.Contracts.Tests.Definitions;

public sealed class SpecRulesTests
{
    private static readonly FreshModelSpec Fresh = new() { TokenizerFrom = "models/teacher" };

    private static readonly StudentSpec Student = new() { Name = "small", Lane = "support", Base = new BaseModelSpec { Fresh = Fresh } };

    public static TheoryData<string, StudentSpec> WrongStudents => new()
    {
        { "base", Student with { Base = new BaseModelSpec() } },
        { "base", Student with { Base = new BaseModelSpec { Directory = "d", Fresh = Fresh } } },
        { "base.directory", Student with { Base = new BaseModelSpec { Directory = " " } } },
        { "base.fresh.tokenizerFrom", WithFresh(Fresh with { TokenizerFrom = "" }) },
        { "base.fresh.heads", WithFresh(Fresh with { Heads = 3, KeyValueHeads = 1 }) },
        { "base.fresh.hiddenSize / heads", WithFresh(Fresh with { HiddenSize = 12, Heads = 4 }) },
        { "base.fresh.keyValueHeads", WithFresh(Fresh with { KeyValueHeads = 3 }) },
        { "base.fresh.keyValueHeads", WithFresh(Fresh with { KeyValueHeads = 8 }) },
        { "base.fresh.layers", WithFresh(Fresh with { Layers = 0 }) },
        { "base.fresh.maxPositions", WithFresh(Fresh with { MaxPositions = 1 }) },
        { "training.sequencesPerStep", WithTraining(new() { SequencesPerStep = 0 }) },
        { "training.rowTokens", WithTraining(new() { RowTokens = 7 }) },
        { "training.rowTokens", WithTraining(new() { RowTokens = 8193 }) },
        { "training.learningRate", WithTraining(new() { LearningRate = double.NaN }) },
        { "training.schedule", WithTraining(new() { Schedule = "linear" }) },
        { "training.minLearningRate", WithTraining(new() { MinLearningRate = 1 }) },
        { "training.beta2", WithTraining(new() { Beta2 = 1 }) },
        { "training.epsilon", WithTraining(new() { Epsilon = 0 }) },
        { "training.objective", WithTraining(new() { Objective = "kl" }) },
        { "training.objective", WithTraining(new() { Objective = "jsd" }) },
        { "training.crossEntropyWeight", WithTraining(new() { CrossEntropyWeight = 1.1 }) },
        { "training.microBatchRows", WithTraining(new() { MicroBatchRows = 0 }) },
        { "training.computeDtype", WithTraining(new() { ComputeDtype = "F16" }) },
        { "lora", Student with { Lora = new LoraSpec() } },
        { "lora.rank", Adapted(new() { Rank = 0 }) },
        { "lora.alpha", Adapted(new() { Alpha = double.NaN }) },
        { "lora.targetModules", Adapted(new() { TargetModules = [] }) },
        { "lora.targetModules", Adapted(new() { TargetModules = ["q_proj", " "] }) },
        { "snapshots.dtype", Student with { Snapshots = new SnapshotSpec { Dtype = "bf16" } } },
        { "snapshots.everySeconds", Student with { Snapshots = new SnapshotSpec { EverySeconds = 0 } } },
        { "snapshots.everySeconds", Student with { Snapshots = new SnapshotSpec { EverySeconds = 1e7 } } },
        { "snapshots.maxAcceptanceDrop", Student with { Snapshots = new SnapshotSpec { MaxAcceptanceDrop = -0.1 } } },
    };

    [Fact]
    public void The_defaults_are_right()
    {
        Assert.Null(SpecRules.Problem(Student));
        Assert.Null(SpecRules.Problem(Student with { Base = new BaseModelSpec { Directory = "models/base" } }));
        Assert.Null(SpecRules.Problem(Adapted(new LoraSpec())));
        Assert.Null(SpecRules.Problem(WithTraining(new() { MicroBatchRows = 1, RecomputeBlocks = true, ComputeDtype = "BF16", Objective = "jsd(0.1)" })));
        Assert.Null(SpecRules.Problem(new LaneSpec { Name = "support" }));
        Assert.Null(SpecRules.Problem(new TeacherSpec { Name = "tutor", Lane = "support", Model = "models/teacher" }));
    }

    [Theory]
    [MemberData(nameof(WrongStudents))]
    public void A_wrong_student_is_refused_by_its_field(string field, StudentSpec spec)
    {
        var problem = SpecRules.Problem(spec);
        Assert.NotNull(problem);
        Assert.Equal(ErrorCodes.InvalidRequest, problem.Code);
        Assert.StartsWith(field + ":", problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Remedy);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a-1")]
    [InlineData("z9")]
    public void Good_names_pass(string name) => Assert.Null(SpecRules.NameProblem(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("1a")]
    [InlineData("-a")]
    [InlineData("a_b")]
    [InlineData("a\n")]
    [InlineData("ä")]
    public void Bad_names_do_not(string? name) => Assert.Equal(ErrorCodes.InvalidName, SpecRules.NameProblem(name)?.Code);

    private static StudentSpec WithFresh(FreshModelSpec fresh) => Student with { Base = new BaseModelSpec { Fresh = fresh } };

    [Fact]
    public void Options_that_are_not_used_leave_no_trace_in_a_spec()
    {
        // the hash of a spec decides whether a checkpoint still belongs to it, so what came later must not show where it is off
        var json = JsonSerializer.Serialize(Student, RefluxJson.Options);

        Assert.DoesNotContain("lora", json);
        Assert.DoesNotContain("microBatchRows", json);
        Assert.DoesNotContain("recomputeBlocks", json);
        Assert.DoesNotContain("computeDtype", json);
        Assert.Contains("recomputeBlocks", JsonSerializer.Serialize(WithTraining(new() { RecomputeBlocks = true }), RefluxJson.Options));
    }

    private static StudentSpec Adapted(LoraSpec lora) => Student with { Base = new BaseModelSpec { Directory = "models/base" }, Lora = lora };

    private static StudentSpec WithTraining(TrainingSpec training) => Student with { Training = training };
}
