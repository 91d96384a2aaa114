using Reflux.Distillation.Records;
using Reflux.Models;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Labels;

/// <summary>
/// Keeps the k most probable ids of a teacher's distribution with ln p, and ln of what all others have together: by logsumexp over their own logits,
/// since ln(1 − Σ) loses a small tail to rounding. Ids of no probability are left out.
/// </summary>
/// <param name="size">k, ids at each position.</param>
/// <param name="temperature">T: p = softmax(logits / T).</param>
public sealed class TopKLabeller(int size, double temperature) : Labeller(new LabelSpec(LabelKind.TopK, size, temperature))
{
    /// <inheritdoc />
    public override TopKRows Sample(Tensor logits, ReadOnlySpan<DrawKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, logits.shape[0], nameof(keys));
        var width = (int)Math.Min(size, logits.shape[1]);
        var labels = new TopKRows(keys.Length, width);
        var chunk = TeacherDistribution.RowsAtOnce(logits);
        for (var start = 0; start < keys.Length; start += chunk)
        {
            var rows = Math.Min(chunk, keys.Length - start);
            LabelChunk(logits.narrow(0, start, rows), keys.Slice(start, rows), labels, start, width);
        }

        return labels;
    }

    /// <inheritdoc />
    public override TopKLabelsBuilder CreateBuilder(bool holdout) => new();

    private void LabelChunk(Tensor logits, ReadOnlySpan<DrawKey> keys, TopKRows labels, int start, int width)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var teacher = new TeacherDistribution(logits, temperature, keys);
        var (values, ids) = teacher.LogProbabilities.topk(width);
        var precise = teacher.Scaled.to_type(ScalarType.Float64);
        var others = precise.scatter(1, ids, full_like(values, Scalars.NegativeInfinity, dtype: ScalarType.Float64));
        var tails = TeacherDistribution.Values(others.logsumexp(1) - precise.logsumexp(1));
        var logProbabilities = TeacherDistribution.Values(values);
        var flat = ids.cpu().data<long>().ToArray();
        var uniforms = new double[keys.Length];
        for (var row = 0; row < keys.Length; row++)
        {
            uniforms[row] = keys[row].Token();
        }

        var tokens = teacher.Draw(uniforms).cpu().data<long>().ToArray();
        for (var row = 0; row < keys.Length; row++)
        {
            var (from, end) = (labels.Offsets[start + row], labels.Offsets[start + row]);
            for (var i = row * width; i < (row + 1) * width; i++)
            {
                if (logProbabilities[i] > TeacherDistribution.LogOfZero)
                {
                    labels.Ids[end] = (int)flat[i];
                    labels.LogProbabilities[end++] = (float)Math.Min(0, logProbabilities[i]);
                }
            }

            Array.Sort(labels.Ids, labels.LogProbabilities, from, end - from);
            labels.LogTailMass[start + row] = (float)Math.Min(0, tails[row]);
            labels.Entropy[start + row] = (Half)teacher.Entropy[row];
            labels.Tokens[start + row] = tokens[row];
            labels.Offsets[start + row + 1] = end;
        }
    }
}
