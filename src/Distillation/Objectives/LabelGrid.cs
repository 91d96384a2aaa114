using Reflux.Distillation.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>Labels of sequences laid out as [P, M], M being the most ids at any position; what a row lacks is padding behind its ids.</summary>
internal sealed class LabelGrid
{
    private readonly IReadOnlyList<LabelledSequence> _sequences;
    private readonly Device? _device;
    private readonly int _positions;
    private readonly int _width;

    public LabelGrid(IReadOnlyList<LabelledSequence> sequences, Device? device)
    {
        (_sequences, _device) = (sequences, device);
        _positions = sequences.Sum(sequence => sequence.LabelledTokens);
        _width = sequences.Max(sequence => Widest(sequence.Labels));
    }

    /// <summary>int64 [P]: the answers' own tokens.</summary>
    public Tensor Tokens() => tensor([.. _sequences.SelectMany(sequence => sequence.Targets.Select(target => (long)sequence.Tokens[target]))], [_positions], device: _device);

    /// <summary>float64 [P]</summary>
    public Tensor PerPosition(Func<SoftLabels, int, double> value) =>
        tensor([.. _sequences.SelectMany(sequence => Enumerable.Range(0, sequence.LabelledTokens).Select(i => value(sequence.Labels, i)))], [_positions], dtype: ScalarType.Float64, device: _device);

    /// <summary>int64 [P, M]: a row's padding repeats its first id.</summary>
    public Tensor Ids()
    {
        var ids = new long[_positions * _width];
        Fill((labels, first, k, place) => ids[place] = labels.Ids[k < 0 ? first : k]);
        return tensor(ids, [_positions, _width], device: _device);
    }

    /// <summary>float64 [P, M]</summary>
    /// <param name="padding">What stands behind a row's ids.</param>
    /// <param name="value">Of labels and an index into their ids.</param>
    public Tensor PerId(double padding, Func<SoftLabels, int, double> value)
    {
        var values = new double[_positions * _width];
        Fill((labels, _, k, place) => values[place] = k < 0 ? padding : value(labels, k));
        return tensor(values, [_positions, _width], dtype: ScalarType.Float64, device: _device);
    }

    private void Fill(Action<SoftLabels, int, int, int> write)
    {
        var place = 0;
        foreach (var labels in _sequences.Select(sequence => sequence.Labels))
        {
            for (var i = 0; i < labels.Positions; i++)
            {
                var (from, to) = (labels.Offsets[i], labels.Offsets[i + 1]);
                for (var column = 0; column < _width; column++, place++)
                {
                    write(labels, from, from + column < to ? from + column : -1, place);
                }
            }
        }
    }

    private static int Widest(SoftLabels labels)
    {
        var widest = 0;
        for (var i = 0; i < labels.Positions; i++)
        {
            widest = Math.Max(widest, labels.Offsets[i + 1] - labels.Offsets[i]);
        }

        return widest;
    }
}
