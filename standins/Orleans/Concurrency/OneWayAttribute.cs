namespace Orleans.Concurrency;

/// <summary>The caller of a grain method gets a completed task at once and learns nothing of the outcome.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
