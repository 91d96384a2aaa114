namespace Orleans.Concurrency;

/// <summary>Lets a grain method interleave with any other call.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
