using Reflux.Contracts.Definitions;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Training;

/// <summary>A student of a lane whose labels are top-k.</summary>
public sealed class TopKStudentTests
{
    private static readonly LabelSpec Form = new(LabelKind.TopK, 2, 1);

    [Theory]
    [InlineData("forward_kl")]
    [InlineData("reverse_kl")]
    public async Task ItTrainsAndMeasuresWithinBoundsAndGoesOnFromACheckpoint(string objective)
    {
        using var student = Student(objective);
        student.Log.Append(Record(student, 0, 1, 2, 3, 4), Record(student, 5, 6, 7, 8, 9));
        await using (var trainer = await student.RunToEndAsync())
        {
            var gate = (await trainer.SnapshotAsync(publish: true, CancellationToken.None)).Gate;
            Assert.True(gate.Passed, string.Join('\n', gate.Failures));
            Assert.InRange(gate.Acceptance!.AcceptanceUpper!.Mean, gate.Acceptance.Acceptance, 1);
            Assert.True(gate.Acceptance.CrossEntropy!.Mean > 0);
            Assert.Equal("topk", Assert.Single(student.Services.Committed).Manifest.Labels.Kind);
            await trainer.StopAsync();
        }

        student.Log.Append(Record(student, 10, 11, 12, 13, 14));
        var state = await student.TrainToEndAsync();

        using var uninterrupted = Student(objective);
        uninterrupted.Log.Append(Record(uninterrupted, 0, 1, 2, 3, 4), Record(uninterrupted, 5, 6, 7, 8, 9), Record(uninterrupted, 10, 11, 12, 13, 14));
        Assert.Equal((await uninterrupted.TrainToEndAsync()).Weights, state.Weights);
        Assert.Equal(3, state.Step);
    }

    [Fact]
    public async Task LabelsOfAnotherFormAreSetAside()
    {
        using var student = Student("forward_kl");
        student.Log.Append(student.Records.Encode(LabelledSequences.At(0), LabelledSequences.At(1)), Record(student, 2, 3, 5, 6));

        var state = await student.TrainToEndAsync();

        Assert.Equal((1, DeadLetterReason.ForeignLabels), (state.Step, Assert.Single(student.Services.DeadLetters).Reason));
    }

    private static TinyStudent Student(string objective) => new(
        shape: spec => spec with { Training = spec.Training with { Objective = objective } },
        lane: lane => lane with { Labels = LaneLabels.TopK, TopK = Form.Size });

    /// <summary>The last one is kept to measure on.</summary>
    private static byte[] Record(TinyStudent student, params int[] offsets) => LabelRecordCodec.Encode(
        student.Records.Of([.. offsets.Select(offset => Relabelled(LabelledSequences.At(offset, holdout: offset % 5 == 4)))]) with { Labels = Form });

    private static LabelledSequence Relabelled(LabelledSequence sequence)
    {
        var drawn = (SampledLabels)sequence.Labels;
        return sequence with
        {
            Labels = new TopKLabels(
                drawn.Offsets.ToArray(),
                drawn.Ids.ToArray(),
                [.. drawn.Counts.ToArray().Select(count => MathF.Log(count / 10.5f))],
                [.. Enumerable.Repeat(MathF.Log(0.5f / 10.5f), drawn.Positions)],
                drawn.Entropy.ToArray()),
        };
    }
}
