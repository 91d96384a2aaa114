using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Models.Generation;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>Sequences labelled by the real sampler from given teacher logits.</summary>
internal static class SampledSequences
{
    /// <summary>One sequence of a one-token prompt and P labelled positions, row i of <paramref name="teacherLogits"/> [P, V] being p(x_{i+1} | x_≤i).</summary>
    public static LabelledSequence From(Tensor teacherLogits, int draws, double temperature = 1, bool holdout = false, ulong sequence = 1)
    {
        var id = new Id128(sequence);
        var first = DrawKey.For(99, id);
        var positions = (int)teacherLogits.shape[0];
        var sampled = new LabelSampler(draws, temperature).Sample(teacherLogits, [.. Enumerable.Range(1, positions).Select(first.At)]);
        var labels = new SampledLabelsBuilder(holdout);
        for (var row = 0; row < positions; row++)
        {
            labels.Append(sampled, row);
        }

        return new LabelledSequence
        {
            SequenceId = id,
            PromptId = id,
            Keyed = false,
            Prompt = new Position(new LogId(Guid.Empty, 0), (long)sequence),
            Sample = 0,
            Holdout = holdout,
            Tokens = [0, .. sampled.Tokens.Select(token => (int)token)],
            PromptLength = 1,
            Labels = labels.Build(),
        };
    }
}
