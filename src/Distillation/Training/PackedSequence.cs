namespace Reflux.Distillation.Training;

/// <summary>Where one input sequence lies in a <see cref="PackedBatch"/>.</summary>
/// <param name="Index">Its index among the sequences given to <see cref="SequencePacker.Pack"/>.</param>
/// <param name="Row">The batch's row.</param>
/// <param name="Start">The column of its first token.</param>
/// <param name="Length">Tokens.</param>
public readonly record struct PackedSequence(int Index, int Row, int Start, int Length);
