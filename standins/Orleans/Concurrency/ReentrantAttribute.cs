namespace Orleans.Concurrency;

/// <summary>Lets the turns of all calls to a grain class interleave.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
