using Reflux.Distillation.Records;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Labels;

/// <summary>
/// Draws soft labels from a teacher's distribution (random-sampling distillation: N draws with replacement, counts merged; c/N is an unbiased
/// estimate of p). The CDF is in float64 and the uniforms have 50 bits.
/// </summary>
/// <param name="draws">N, draws at each position.</param>
/// <param name="temperature">T: p = softmax(logits / T).</param>
public sealed class LabelSampler(int draws, double temperature) : Labeller(new LabelSpec(LabelKind.Sampled, draws, temperature))
{
    /// <inheritdoc />
    public override SampledRows Sample(Tensor logits, ReadOnlySpan<DrawKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, logits.shape[0], nameof(keys));
        var sampled = new SampledRows(keys.Length, draws);
        var chunk = TeacherDistribution.RowsAtOnce(logits);
        for (var start = 0; start < keys.Length; start += chunk)
        {
            var rows = Math.Min(chunk, keys.Length - start);
            SampleChunk(logits.narrow(0, start, rows), keys.Slice(start, rows), sampled, start);
        }

        return sampled;
    }

    /// <inheritdoc />
    public override SampledLabelsBuilder CreateBuilder(bool holdout) => new(holdout);

    private void SampleChunk(Tensor logits, ReadOnlySpan<DrawKey> keys, SampledRows sampled, int start)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var width = draws + 1;
        var uniforms = new double[keys.Length * width];
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row].FillDraws(uniforms.AsSpan(row * width, draws));
            uniforms[(row * width) + draws] = keys[row].Token();
        }

        var teacher = new TeacherDistribution(logits, temperature, keys);
        var drawn = teacher.Draw(uniforms);
        Merge(drawn.cpu().data<long>().ToArray(), TeacherDistribution.Values(teacher.LogProbabilities.gather(1, drawn)), sampled, start, keys.Length);
        for (var row = 0; row < keys.Length; row++)
        {
            sampled.Entropy[start + row] = (Half)teacher.Entropy[row];
        }
    }

    private void Merge(long[] drawn, double[] logProbabilities, SampledRows sampled, int start, int rows)
    {
        const int indexBits = 16;
        Span<long> sorted = draws <= 512 ? stackalloc long[draws] : new long[draws];
        for (var row = 0; row < rows; row++)
        {
            var origin = row * (draws + 1);
            for (var i = 0; i < draws; i++)
            {
                sorted[i] = (drawn[origin + i] << indexBits) | (uint)i;
            }

            sorted.Sort();
            var end = sampled.Offsets[start + row];
            foreach (var entry in sorted)
            {
                var id = (int)(entry >> indexBits);
                if (end > sampled.Offsets[start + row] && sampled.Ids[end - 1] == id)
                {
                    sampled.Counts[end - 1]++;
                    continue;
                }

                sampled.Ids[end] = id;
                sampled.Counts[end] = 1;
                sampled.LogProbabilities[end++] = (Half)Math.Min(0, logProbabilities[origin + (int)(entry & ushort.MaxValue)]);
            }

            sampled.Offsets[start + row + 1] = end;
            sampled.Tokens[start + row] = drawn[origin + draws];
        }
    }
}
