using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Evaluation;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Objectives;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Evaluation;

public class AcceptanceMeasurementTests
{
    [Fact]
    public void BatchesGiveWhatEachSequenceGivesAlone()
    {
        using var scope = NewDisposeScope();
        using var teacher = TinyDecoder.Create(1);
        using var student = TinyDecoder.Create(2);
        var holdout = Holdout(teacher, 17);
        var measurement = new AcceptanceMeasurement(student, holdout, 1, batchTokens: 60);
        Assert.True(measurement.Batches > 4);

        for (var batch = measurement.Batches - 1; batch >= 0; batch--)
        {
            measurement.Run(batch);
        }

        var alone = holdout.Select(sequence => Alone(student, sequence)).ToArray();
        var positions = holdout.Sum(sequence => sequence.LabelledTokens);
        var report = measurement.Report();
        Assert.Equal(alone.Sum(values => values.Acceptance.Sum()) / positions, report.Acceptance, 1e-5);
        Assert.Equal(alone.Sum(values => values.KlDivergence.Sum()) / positions, report.KlDivergence!.Value, 1e-5);
        Assert.Equal((positions, 17), (report.Positions, report.Sequences));
        Assert.InRange(report.Acceptance, 0.05, 0.9);
        Assert.InRange(report.HalfWidth, 0.001, 0.2);
    }

    [Fact]
    public void TheTeacherAcceptsItself()
    {
        using var scope = NewDisposeScope();
        using var teacher = TinyDecoder.Create(1);

        var report = Measure(teacher, Holdout(teacher, 9));

        Assert.InRange(report.Acceptance, 0.999, 1);
        Assert.InRange(report.AcceptanceUncertain, 0.999, 1);
        Assert.InRange(report.KlDivergence!.Value, -0.001, 0.001);
        Assert.True(report.PositionsUncertain > 0);
    }

    [Fact]
    public void TopKLabelsBoundWhatDrawsEstimate()
    {
        using var scope = NewDisposeScope();
        using var teacher = TinyDecoder.Create(1);
        using var student = TinyDecoder.Create(2);
        var drawn = Measure(student, Holdout(teacher, 40));

        var bounded = Measure(student, Holdout(teacher, 40, described => TopKSequences.From(described, 5)));

        var noise = drawn.HalfWidth / 2;
        Assert.Null(drawn.AcceptanceUpper);
        Assert.InRange(drawn.Acceptance, bounded.Acceptance - noise, bounded.AcceptanceUpper!.Mean + noise);
        Assert.True(bounded.KlDivergence < drawn.KlDivergence + drawn.KlHalfWidth);
        Assert.True(bounded.CrossEntropy!.Mean < drawn.CrossEntropy!.Mean + drawn.CrossEntropy.HalfWidth);
        Assert.Equal(drawn.TopOneAgreement!.Mean, bounded.TopOneAgreement!.Mean, 0.05);
        Assert.InRange(drawn.TopOneAgreement.HalfWidth, 0.001, 0.2);
    }

    [Fact]
    public void NothingToMeasureIsNoError()
    {
        using var teacher = TinyDecoder.Create(1);
        Assert.Equal(0, Measure(teacher, []).Sequences);
    }

    private static AcceptanceReport Measure(CausalDecoder decoder, IReadOnlyList<LabelledSequence> holdout)
    {
        var measurement = new AcceptanceMeasurement(decoder, holdout, 1);
        for (var batch = 0; batch < measurement.Batches; batch++)
        {
            measurement.Run(batch);
        }

        return measurement.Report();
    }

    private static PositionEstimates Alone(CausalDecoder student, LabelledSequence sequence)
    {
        using var scope = NewDisposeScope();
        var logits = TinyDecoder.Logits(student, sequence.Tokens).narrow(0, sequence.PromptLength - 1, sequence.LabelledTokens);
        return AcceptanceEstimator.Estimate(logits, SampledTargets.From([sequence], dtype: ScalarType.Float64), 1);
    }

    private static LabelledSequence[] Holdout(CausalDecoder teacher, int count, Func<Tensor, LabelledSequence>? labelled = null)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(1, count).Select(i =>
        {
            using var scope = NewDisposeScope();
            int[] tokens = [.. Enumerable.Range(0, random.Next(6, 24)).Select(_ => random.Next(TinyDecoder.Vocabulary))];
            var prompt = random.Next(1, tokens.Length - 1);
            var described = TinyDecoder.Logits(teacher, tokens).narrow(0, prompt - 1, tokens.Length - prompt);
            return (labelled?.Invoke(described) ?? SampledSequences.From(described, 50, holdout: true, sequence: (ulong)i)) with { Tokens = tokens, PromptLength = prompt };
        })];
    }
}
