using Reflux.Distillation.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>
/// A rectangular batch of rows, each holding one or more whole sequences. A token attends to itself and to what stands before it in its
/// own sequence, so packing never changes what a sequence sees.
/// </summary>
public sealed class PackedBatch
{
    internal PackedBatch(int rows, int rowLength)
    {
        Rows = rows;
        RowLength = rowLength;
        Ids = new long[rows * rowLength];
        Positions = new long[rows * rowLength];
        Segments = new long[rows * rowLength];
        Array.Fill(Segments, -1);
    }

    /// <summary>B.</summary>
    public int Rows { get; }

    /// <summary>T, tokens: the longest row of this batch.</summary>
    public int RowLength { get; }

    /// <summary>Token ids, row-major [B, T]; 0 on padding.</summary>
    public long[] Ids { get; }

    /// <summary>Positions, row-major [B, T], from 0 in each sequence.</summary>
    public long[] Positions { get; }

    /// <summary>Which sequence a token belongs to, row-major [B, T]; −1 on padding.</summary>
    public long[] Segments { get; }

    /// <summary>The sequences in this batch, in row order.</summary>
    public IReadOnlyList<PackedSequence> Sequences { get; internal set; } = [];

    /// <summary>
    /// Index into the flattened [B·T] hidden states of the row that predicts token <paramref name="target"/> of a sequence: the state of the token before it.
    /// </summary>
    public long PredictingRow(PackedSequence sequence, int target) => ((long)sequence.Row * RowLength) + sequence.Start + target - 1;

    /// <summary>The predicting rows of all labelled positions, one sequence after the other, t ascending.</summary>
    /// <param name="sequences">Those of <see cref="Sequences"/>, in their order.</param>
    public long[] PredictingRows(IReadOnlyList<LabelledSequence> sequences) =>
        [.. Sequences.Zip(sequences).SelectMany(pair => pair.Second.Targets.Select(target => PredictingRow(pair.First, target)))];

    /// <summary>Token ids on a device, int64 [B, T].</summary>
    public Tensor IdTensor(Device device) => tensor(Ids, [Rows, RowLength], dtype: ScalarType.Int64, device: device);

    /// <summary>Positions on a device, int64 [B, T].</summary>
    public Tensor PositionTensor(Device device) => tensor(Positions, [Rows, RowLength], dtype: ScalarType.Int64, device: device);

    /// <summary>The block-diagonal causal mask on a device, bool [B, 1, T, T], true where the row attends to the column. Padding attends to padding, so that no row is empty.</summary>
    public Tensor MaskTensor(Device device)
    {
        using var scope = NewDisposeScope();
        var segments = tensor(Segments, [Rows, RowLength], dtype: ScalarType.Int64, device: device);
        var same = segments.unsqueeze(2).eq(segments.unsqueeze(1));
        var causal = ones(RowLength, RowLength, dtype: ScalarType.Bool, device: device).tril();
        return same.logical_and(causal).unsqueeze(1).MoveToOuterDisposeScope();
    }
}
