using Reflux.Distillation.Records;

namespace Reflux.Distillation.Labels;

/// <summary>Gathers sampled labels.</summary>
/// <param name="holdout">True for the form that carries ln p.</param>
public sealed class SampledLabelsBuilder(bool holdout) : LabelsBuilder
{
    private readonly List<int> _offsets = [0];
    private readonly List<int> _ids = [];
    private readonly List<ushort> _counts = [];
    private readonly List<Half> _entropy = [];
    private readonly List<Half> _logProbabilities = [];

    /// <inheritdoc />
    public override void Append(LabelRows rows, int row)
    {
        var sampled = (SampledRows)rows;
        var drawn = sampled.Offsets[row]..sampled.Offsets[row + 1];
        _ids.AddRange(sampled.Ids.AsSpan(drawn));
        _counts.AddRange(sampled.Counts.AsSpan(drawn));
        _entropy.Add(sampled.Entropy[row]);
        if (holdout)
        {
            _logProbabilities.AddRange(sampled.LogProbabilities.AsSpan(drawn));
        }

        _offsets.Add(_ids.Count);
    }

    /// <inheritdoc />
    public override SampledLabels Build() => new([.. _offsets], [.. _ids], [.. _counts], [.. _entropy], holdout ? [.. _logProbabilities] : null);
}
