using Reflux.Distillation.Records;

namespace Reflux.Distillation.Labels;

/// <summary>Gathers the labels of one sequence, a position at a time.</summary>
/// <param name="holdout">True for the form that carries ln p.</param>
public sealed class SampledLabelsBuilder(bool holdout)
{
    private readonly List<int> _offsets = [0];
    private readonly List<int> _ids = [];
    private readonly List<ushort> _counts = [];
    private readonly List<Half> _entropy = [];
    private readonly List<Half> _logProbabilities = [];

    /// <summary>Adds the next position: row <paramref name="row"/> of <paramref name="rows"/>.</summary>
    public void Append(SampledRows rows, int row)
    {
        var drawn = rows.Offsets[row]..rows.Offsets[row + 1];
        _ids.AddRange(rows.Ids.AsSpan(drawn));
        _counts.AddRange(rows.Counts.AsSpan(drawn));
        _entropy.Add(rows.Entropy[row]);
        if (holdout)
        {
            _logProbabilities.AddRange(rows.LogProbabilities.AsSpan(drawn));
        }

        _offsets.Add(_ids.Count);
    }

    /// <summary>The labels of all positions added.</summary>
    public SampledLabels Build() => new([.. _offsets], [.. _ids], [.. _counts], [.. _entropy], holdout ? [.. _logProbabilities] : null);
}
