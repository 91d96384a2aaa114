namespace Reflux.Models.Chat;

/// <summary>What <c>loop</c> knows of a round.</summary>
internal static class LoopItem
{
    public static TemplateMap Of(IReadOnlyList<object?> items, int index, int depth) => new(
    [
        (Name("index"), (long)index + 1),
        (Name("index0"), (long)index),
        (Name("revindex"), (long)items.Count - index),
        (Name("revindex0"), (long)items.Count - index - 1),
        (Name("first"), index == 0),
        (Name("last"), index == items.Count - 1),
        (Name("length"), (long)items.Count),
        (Name("depth"), (long)depth),
        (Name("depth0"), (long)depth - 1),
        (Name("previtem"), index > 0 ? items[index - 1] : new Undefined("loop.previtem")),
        (Name("nextitem"), index + 1 < items.Count ? items[index + 1] : new Undefined("loop.nextitem")),
        (Name("cycle"), (TemplateFunction)(call => call.Positional.Count > 0 ? call.Positional[index % call.Positional.Count] : throw call.Error("it has nothing to choose from"))),
    ]);

    private static TemplateText Name(string name) => TemplateText.Trusted(name);
}
