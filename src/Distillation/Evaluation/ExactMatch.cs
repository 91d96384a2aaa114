using Reflux.Models.Decoders;
using Reflux.Models.Generation;

namespace Reflux.Distillation.Evaluation;

/// <summary>How often a student's greedy answer is the teacher's greedy answer to the same prompt, token for token.</summary>
public static class ExactMatch
{
    /// <summary>Prompts that one work item of a compute thread answers.</summary>
    public const int BatchSize = 32;

    /// <summary>Greedy answers to one batch of prompts; the same batch always gives the same answers.</summary>
    /// <param name="decoder">Student or teacher.</param>
    /// <param name="prompts">Token ids, at most <see cref="BatchSize"/> or so at once.</param>
    /// <param name="maxTokens">Longest answer.</param>
    /// <param name="stopTokenIds">Ids that end an answer; they belong to it.</param>
    /// <param name="cancellationToken">Gives up between tokens.</param>
    public static IReadOnlyList<int[]> GreedyAnswers(
        CausalDecoder decoder, IReadOnlyList<int[]> prompts, int maxTokens, IReadOnlyList<int> stopTokenIds, CancellationToken cancellationToken) =>
        TextGenerator.Generate(decoder, prompts, maxTokens, stopTokenIds, TextGenerator.Greedy, cancellationToken);

    /// <summary>The share of equal answers, 0 to 1; 0 without any.</summary>
    public static double Share(IReadOnlyList<int[]> student, IReadOnlyList<int[]> teacher)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(student.Count, teacher.Count, nameof(student));
        var equal = student.Zip(teacher).Count(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        return student.Count == 0 ? 0 : (double)equal / student.Count;
    }
}
