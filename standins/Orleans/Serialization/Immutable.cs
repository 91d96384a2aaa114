namespace Orleans.Concurrency;

/// <summary>Carries a value across a grain call without a copy; nobody may change it afterwards.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct Immutable<T>(T value)
{
    /// <summary>The value.</summary>
    [Id(0)]
    public readonly T Value = value;
}
