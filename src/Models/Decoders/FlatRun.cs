namespace Reflux.Models.Decoders;

/// <summary>Sequences of one length, side by side.</summary>
/// <param name="Offset">Of the first token among all.</param>
/// <param name="Row">The cache row of the first sequence.</param>
/// <param name="Count">Sequences.</param>
/// <param name="Length">Tokens each.</param>
internal readonly record struct FlatRun(int Offset, int Row, int Count, int Length);
