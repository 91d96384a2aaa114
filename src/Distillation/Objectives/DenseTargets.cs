using Reflux.Contracts.Definitions;
using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>The teacher's full distributions: what the other kinds stand for. For tests, golden values and comparisons; nothing dense is ever stored.</summary>
/// <param name="teacherLogits">[P, V]; −∞ marks rows that are no tokens, as it does in the student's.</param>
/// <param name="tokens">int64 [P] the answers' own tokens.</param>
public sealed class DenseTargets(Tensor teacherLogits, Tensor tokens) : SoftTargets(tokens)
{
    /// <inheritdoc />
    public override DenseTargets Narrow(long start, long length) => new(teacherLogits.narrow(0, start, length), Tokens.narrow(0, start, length));

    internal override Tensor ReplaceByGradient(Tensor logits, Divergence divergence, double temperature, double scale)
    {
        using var scope = NewDisposeScope();
        // in float64 throughout: ln p − ln q cancels, and T² magnifies what is left
        var teacher = teacherLogits.to_type(ScalarType.Float64).Over(temperature).log_softmax(1);
        var student = logits.to_type(ScalarType.Float64).Over(temperature).log_softmax(1);
        var (loss, slope) = DivergenceFormulas.Of(divergence, teacher, student);
        logits.copy_((slope - (slope.sum(1, keepdim: true) * student.exp())).Times(scale / temperature));
        return loss.sum().Times(scale).MoveToOuterDisposeScope();
    }
}
