namespace Reflux.Contracts.Snapshots;

/// <summary>A mean over positions.</summary>
/// <param name="Mean">The figure.</param>
/// <param name="HalfWidth">Of its 95 % confidence interval, the sequence being the unit of the variance.</param>
public sealed record MetricEstimate(double Mean, double HalfWidth);
