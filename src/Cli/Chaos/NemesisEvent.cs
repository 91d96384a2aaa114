namespace Reflux.Cli.Chaos;

/// <summary>One fault of a plan.</summary>
/// <param name="At">Since the traffic began.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Target">The process it is done to; null where none is named.</param>
internal sealed record NemesisEvent(TimeSpan At, NemesisKind Kind, string? Target = null);
