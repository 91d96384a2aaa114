using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Objectives;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Records;

public class LabelledSequenceTests
{
    [Fact]
    public void TargetsAreTheLabelledTokensOfTheAnswer()
    {
        var sequence = SampleRecords.Sequence(new Random(1), new LabelSpec(LabelKind.Sampled, 4, 1), 100, 2, 3, holdout: false, [true, false, true, true, false]);

        Assert.Equal([2, 4, 5], sequence.Targets);
        Assert.Equal(3, sequence.LabelledTokens);
        Assert.Equal([2, 3, 4, 5, 6], (sequence with { LossMask = null }).Targets);
    }

    [Fact]
    public void MaskedTokensAreNoTargets()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var whole = SampledSequences.From(randn(2, 30, generator: generator), 50);
        var masked = whole with { Tokens = [0, whole.Tokens[1], 7, whole.Tokens[2]], LossMask = [true, false, true] };

        Assert.Equal(SampledTargets.From([whole]).Tokens.data<long>().ToArray(), SampledTargets.From([masked]).Tokens.data<long>().ToArray());
    }
}
