using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

public sealed class StudentSpecRulesTests
{
    private static readonly StudentSpec Valid = new()
    {
        Name = "small",
        Lane = "support",
        Base = new BaseModelSpec { Fresh = new FreshModelSpec { TokenizerFrom = "somewhere" } },
    };

    public static TheoryData<string, StudentSpec> Invalid { get; } = new()
    {
        { "sequencesPerStep", Valid with { Training = new TrainingSpec { SequencesPerStep = 0 } } },
        { "learningRate", Valid with { Training = new TrainingSpec { LearningRate = double.NaN } } },
        { "schedule", Valid with { Training = new TrainingSpec { Schedule = "linear" } } },
        { "crossEntropyWeight", Valid with { Training = new TrainingSpec { CrossEntropyWeight = 1.5 } } },
        { "dtype", Valid with { Snapshots = new SnapshotSpec { Dtype = "I8" } } },
        { "everySeconds", Valid with { Snapshots = new SnapshotSpec { EverySeconds = 0 } } },
        { "hidden size", Valid with { Base = new BaseModelSpec { Fresh = new FreshModelSpec { TokenizerFrom = "x", HiddenSize = 100, Heads = 3, KeyValueHeads = 1 } } } },
        { "exactly one", Valid with { Base = new BaseModelSpec() } },
        { "exactly one", Valid with { Base = Valid.Base with { Directory = "y" } } },
    };

    [Fact]
    public void The_defaults_are_valid() => StudentSpecRules.Validate(Valid);

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_impossible_spec_is_refused_by_the_name_of_what_is_wrong(string name, StudentSpec spec)
    {
        var refusal = Assert.Throws<RefluxException>(() => StudentSpecRules.Validate(spec));

        Assert.Contains(name, refusal.Message);
        Assert.NotEmpty(refusal.Remedy);
    }
}
