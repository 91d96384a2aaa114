using Reflux.Distillation.Evaluation;

namespace Reflux.Distillation.Tests.Evaluation;

public class ExactMatchTests
{
    [Fact]
    public void AModelMatchesItselfAndTheSameBatchGivesTheSameAnswers()
    {
        int[][] prompts = [[3, 4, 5], [7], [9, 9, 1, 30], [11, 6]];
        using var teacher = TinyDecoder.Create(1);
        using var student = TinyDecoder.Create(2);

        var answers = ExactMatch.GreedyAnswers(teacher, prompts, 16, [2], CancellationToken.None);

        Assert.Equal(1, ExactMatch.Share(ExactMatch.GreedyAnswers(teacher, prompts, 16, [2], CancellationToken.None), answers));
        Assert.Equal(0, ExactMatch.Share(ExactMatch.GreedyAnswers(student, prompts, 16, [2], CancellationToken.None), answers));
    }

    [Fact]
    public void AnswersMustAgreeTokenForTokenAndInLength() =>
        Assert.Equal(0.25, ExactMatch.Share([[1, 2], [1, 2], [1, 2], []], [[1, 2], [1, 2, 3], [1], [4]]));

    [Fact]
    public void ThereMustBeAsManyOfEach() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactMatch.Share([[1]], []));
}
