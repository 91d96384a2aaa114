using Reflux.Distillation.Records;

namespace Reflux.Distillation.Labels;

/// <summary>Gathers top-k labels; they have one form for training and measuring.</summary>
public sealed class TopKLabelsBuilder : LabelsBuilder
{
    private readonly List<int> _offsets = [0];
    private readonly List<int> _ids = [];
    private readonly List<float> _logProbabilities = [];
    private readonly List<float> _logTailMass = [];
    private readonly List<Half> _entropy = [];

    /// <inheritdoc />
    public override void Append(LabelRows rows, int row)
    {
        var top = (TopKRows)rows;
        var entries = top.Offsets[row]..top.Offsets[row + 1];
        _ids.AddRange(top.Ids.AsSpan(entries));
        _logProbabilities.AddRange(top.LogProbabilities.AsSpan(entries));
        _logTailMass.Add(top.LogTailMass[row]);
        _entropy.Add(top.Entropy[row]);
        _offsets.Add(_ids.Count);
    }

    /// <inheritdoc />
    public override TopKLabels Build() => new([.. _offsets], [.. _ids], [.. _logProbabilities], [.. _logTailMass], [.. _entropy]);
}
