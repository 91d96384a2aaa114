using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.Quality;

/// <summary>Packed sequences with the rows that predict their labelled positions, so that any model can be asked for whole distributions there.</summary>
internal sealed class TargetBatch
{
    private const int RowTokens = 128;

    private readonly PackedBatch _packed;
    private readonly long[] _rows;

    private TargetBatch(PackedBatch packed, IReadOnlyList<LabelledSequence> sequences)
    {
        _packed = packed;
        Members = [.. packed.Sequences.Select(place => place.Index)];
        _rows = packed.PredictingRows([.. Members.Select(index => sequences[index])]);
    }

    /// <summary>Indices of its sequences among those that were packed, in the order of the rows.</summary>
    public IReadOnlyList<int> Members { get; }

    public static IReadOnlyList<TargetBatch> Of(IReadOnlyList<LabelledSequence> sequences) =>
        [.. SequencePacker.Pack([.. sequences.Select(sequence => sequence.Tokens)], RowTokens).Select(packed => new TargetBatch(packed, sequences))];

    /// <summary>f32 [P, V] logits of its labelled positions, in the caller's dispose scope.</summary>
    public Tensor Logits(CausalDecoder decoder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var hidden = decoder.Hidden(_packed.IdTensor(decoder.Device), _packed.PositionTensor(decoder.Device), _packed.MaskTensor(decoder.Device));
        return decoder.Logits(hidden.reshape(-1, hidden.shape[^1]).index_select(0, tensor(_rows, device: decoder.Device))).MoveToOuterDisposeScope();
    }
}
