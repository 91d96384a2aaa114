using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Labels;

/// <summary>Texts as labelled sequences: every label is the text's own token with probability 1, so that forward KL is cross-entropy.</summary>
public static class HardLabels
{
    /// <summary>A sequence of no lane and no prompt of its own.</summary>
    /// <param name="tokens">Prompt and answer.</param>
    /// <param name="promptLength">Tokens of the prompt, at least 1 and not all.</param>
    public static LabelledSequence Of(int[] tokens, int promptLength) => new()
    {
        SequenceId = default,
        PromptId = default,
        Keyed = false,
        Prompt = new Position(new LogId(Guid.Empty, 0), 0),
        Sample = 0,
        Holdout = false,
        Tokens = tokens,
        PromptLength = promptLength,
        Labels = new SampledLabels(
            [.. Enumerable.Range(0, tokens.Length - promptLength + 1)],
            tokens[promptLength..],
            [.. Enumerable.Repeat((ushort)1, tokens.Length - promptLength)],
            new Half[tokens.Length - promptLength]),
    };
}
