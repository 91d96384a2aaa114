using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Distillation.Tests.Objectives;
using Reflux.Models.Generation;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Evaluation;

/// <summary>Sequences with the top-k labels of given teacher logits.</summary>
internal static class TopKSequences
{
    /// <summary>One sequence of a one-token prompt and P labelled positions.</summary>
    /// <param name="teacherLogits">[P, V], row i being p(x_{i+1} | x_≤i).</param>
    /// <param name="k">Ids at each position.</param>
    public static LabelledSequence From(Tensor teacherLogits, int k)
    {
        var labeller = new TopKLabeller(k, 1);
        var positions = (int)teacherLogits.shape[0];
        var rows = labeller.Sample(teacherLogits, new DrawKey[positions]);
        var labels = labeller.CreateBuilder(holdout: true);
        for (var row = 0; row < positions; row++)
        {
            labels.Append(rows, row);
        }

        return SampledSequences.From(teacherLogits, 1) with { Labels = labels.Build() };
    }
}
