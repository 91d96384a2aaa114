namespace Reflux.Distillation.Archive;

/// <summary><c>end.json</c> of a log's archive.</summary>
/// <param name="End">The offset that the next record would have got, as the broker last told it.</param>
internal sealed record ArchivedEnd(long End);
