namespace Reflux.Cli.Bench.HeadLoss;

/// <summary>One way of computing head and loss.</summary>
/// <param name="PeakBytes">The most memory that it took beyond its inputs, both gradients included.</param>
/// <param name="Seconds">Of a forward and backward.</param>
/// <param name="GradientError">max|Δ| / max|reference| of its gradients against the chunked ones, where they were compared.</param>
internal sealed record HeadLossFigures(long PeakBytes, double Seconds, double? GradientError = null);
