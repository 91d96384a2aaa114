using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Evaluation;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

/// <summary>Answers of which only some tokens are labelled, each with certainty: a position's loss is −ln q of its own token.</summary>
public sealed class LossMaskTests : IDisposable
{
    private static readonly LabelledSequence[] Sequences =
    [
        Masked(1, [5, 9, 2, 17, 11, 3, 8], 2, [true, false, true, false, true]),
        Masked(2, [4, 1, 0, 19], 1, [false, false, true]),
        Masked(3, [7, 7, 21, 13, 6], 3, [true, true]),
    ];

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Only_labelled_tokens_are_learnt()
    {
        using var learner = new StudentLearner(CausalDecoder.CreateFresh(StudentLearnerTests.Config, 5, CPU), new TrainingSpec { RowTokens = 12 }, 1);
        var expected = Naive(learner.Decoder).SelectMany(values => values).Average(logProbability => -logProbability);

        Assert.Equal(expected, learner.Train(Sequences).Loss, 1e-5);
    }

    [Fact]
    public void Only_labelled_tokens_are_measured()
    {
        using var decoder = CausalDecoder.CreateFresh(StudentLearnerTests.Config, 5, CPU);
        var measurement = new AcceptanceMeasurement(decoder, [.. Sequences.Select(sequence => sequence with { Holdout = true })], 1);
        for (var batch = 0; batch < measurement.Batches; batch++)
        {
            measurement.Run(batch);
        }

        var logProbabilities = Naive(decoder).SelectMany(values => values).ToArray();
        var report = measurement.Report();
        Assert.Equal(6, report.Positions);
        Assert.Equal(logProbabilities.Average(Math.Exp), report.Acceptance, 1e-5);
        Assert.Equal(-logProbabilities.Average(), report.KlDivergence!.Value, 1e-5);
    }

    [Fact]
    public void A_students_own_answers_have_no_teachers_token_to_learn()
    {
        using var learner = new StudentLearner(CausalDecoder.CreateFresh(StudentLearnerTests.Config, 5, CPU), new TrainingSpec { RowTokens = 12, CrossEntropyWeight = 0.5 }, 1);

        var refusal = Assert.Throws<RefluxException>(() => learner.Train([Sequences[0] with { Student = new StudentVersion(Guid.Empty, 3) }]));

        Assert.Equal(ErrorCodes.InvalidRequest, refusal.Code);
        Assert.True(double.IsFinite(learner.Train(Sequences).Loss));
    }

    /// <summary>ln q of each labelled token, every sequence alone.</summary>
    private static double[][] Naive(CausalDecoder decoder) =>
    [
        .. Sequences.Select(sequence =>
        {
            using var gradients = no_grad();
            var length = sequence.Tokens.Length;
            var mask = ones(length, length, ScalarType.Bool).tril().view(1, 1, length, length);
            var hidden = decoder.Hidden(tensor([.. sequence.Tokens.Select(token => (long)token)], [1, length]), arange(length, ScalarType.Int64).unsqueeze(0), mask);
            var logProbabilities = decoder.Logits(hidden).squeeze(0).log_softmax(-1);
            return Enumerable.Range(0, length)
                .Where(t => t >= sequence.PromptLength && sequence.LossMask![t - sequence.PromptLength])
                .Select(t => (double)logProbabilities.select(0, t - 1).select(0, sequence.Tokens[t]).item<float>())
                .ToArray();
        }),
    ];

    private static LabelledSequence Masked(long offset, int[] tokens, int promptLength, bool[] mask)
    {
        int[] labelled = [.. tokens[promptLength..].Where((_, i) => mask[i])];
        return LabelledSequences.At(offset) with
        {
            Tokens = tokens,
            PromptLength = promptLength,
            LossMask = mask,
            Labels = new SampledLabels(
                [.. Enumerable.Range(0, labelled.Length + 1)],
                labelled,
                [.. labelled.Select(_ => (ushort)LabelledSequences.Draws)],
                new Half[labelled.Length],
                new Half[labelled.Length]),
        };
    }
}
