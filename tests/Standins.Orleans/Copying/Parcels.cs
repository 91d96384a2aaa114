using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;

namespace Reflux.Standins.Orleans.Tests.Copying;

internal enum Colour
{
    Red,
    Green,
}

[GenerateSerializer]
[Alias("tests.point")]
internal readonly record struct Point([property: Id(0)] int X, [property: Id(1)] int Y);

[GenerateSerializer]
[Alias("tests.label")]
internal sealed record Label(string Text, List<int> Numbers)
{
    [Id(0)]
    public string? Note { get; init; }

    public string? NotCarried { get; set; }
}

[GenerateSerializer]
[Alias("tests.base")]
internal class BasePart
{
    [Id(0)]
    public List<string> Names { get; set; } = [];
}

[GenerateSerializer]
[Alias("tests.derived")]
internal sealed class DerivedPart : BasePart
{
    [Id(0)]
    private readonly int[] _values;

    public DerivedPart(params int[] values) => _values = values;

    public int[] Values => _values;
}

[GenerateSerializer]
[Alias("tests.node")]
internal sealed class Node
{
    [Id(0)]
    public Node? Next { get; set; }
}

[GenerateSerializer]
[Immutable]
[Alias("tests.frozen")]
internal sealed class Frozen
{
    [Id(0)]
    public List<int> Shared { get; } = [];
}

[GenerateSerializer]
[Alias("tests.holder")]
internal sealed class Holder
{
    [Id(0)]
    [Immutable]
    public List<int> Shared { get; set; } = [];

    [Id(1)]
    public Immutable<int[]> Wrapped { get; set; }

    [Id(2)]
    public ImmutableArray<List<int>> Several { get; set; } = [];
}

internal sealed class Unmarked
{
    public int Value { get; set; }
}

[GenerateSerializer]
[Alias("tests.child")]
internal sealed class ChildOfUnmarked : UnmarkedBase;

internal class UnmarkedBase;

/// <summary>A type that another assembly would own.</summary>
internal sealed class Foreign(string text)
{
    public string Text { get; } = text;
}

[GenerateSerializer]
[Alias("tests.foreign")]
internal struct ForeignSurrogate
{
    [Id(0)]
    public string Text;
}

[RegisterConverter]
internal sealed class ForeignConverter : IConverter<Foreign, ForeignSurrogate>
{
    public Foreign ConvertFromSurrogate(in ForeignSurrogate surrogate) => new(surrogate.Text + " (copied)");

    public ForeignSurrogate ConvertToSurrogate(in Foreign value) => new() { Text = value.Text };
}
