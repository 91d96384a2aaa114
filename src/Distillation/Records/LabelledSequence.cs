using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>
/// One prompt with one answer and its soft labels: the unit of dedupe, holdout and seeds. The labelled positions are the
/// <see cref="Targets"/>; row t describes p(x_t | x_&lt;t), so the student's row for it is logits[t − 1].
/// </summary>
public sealed record LabelledSequence
{
    /// <summary>Hash of lane, prompt id and sample index.</summary>
    public required Id128 SequenceId { get; init; }

    /// <summary>The prompt's id.</summary>
    public required Id128 PromptId { get; init; }

    /// <summary>True where the client named the prompt, so that its id may come again.</summary>
    public required bool Keyed { get; init; }

    /// <summary>Where the prompt stands on the prompts topic.</summary>
    public required Position Prompt { get; init; }

    /// <summary>Which answer to the prompt, from 0.</summary>
    public required int Sample { get; init; }

    /// <summary>Kept from training, to measure on; its labels carry ln p.</summary>
    public required bool Holdout { get; init; }

    /// <summary>Prompt and answer; an answer cut by the length limit has no end token.</summary>
    public required int[] Tokens { get; init; }

    /// <summary>Tokens of the prompt, at least 1; they are not labelled.</summary>
    public required int PromptLength { get; init; }

    /// <summary>Which tokens of the answer are labelled, [Tokens.Length − PromptLength], at least one of them; null where all are.</summary>
    public bool[]? LossMask { get; init; }

    /// <summary>The student's snapshot that wrote the answer; null where the teacher did.</summary>
    public StudentVersion? Student { get; init; }

    /// <summary>One row a labelled position, in the order of <see cref="Targets"/>.</summary>
    public required SoftLabels Labels { get; init; }

    /// <summary>P: how many positions are labelled.</summary>
    public int LabelledTokens => LossMask is null ? Tokens.Length - PromptLength : LossMask.AsSpan().Count(true);

    /// <summary>True where position <paramref name="t"/> is labelled.</summary>
    public bool IsLabelled(int t) => t >= PromptLength && (LossMask is null || LossMask[t - PromptLength]);

    /// <summary>The labelled positions t, ascending: the one enumeration of them.</summary>
    public IEnumerable<int> Targets
    {
        get
        {
            for (var t = PromptLength; t < Tokens.Length; t++)
            {
                if (IsLabelled(t))
                {
                    yield return t;
                }
            }
        }
    }
}
