namespace Reflux.Models.Chat;

/// <summary>A dictionary from texts to values, in the order of its making. Immutable.</summary>
internal sealed class TemplateMap
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <param name="items">Of equal keys the last one counts, at the place of the first.</param>
    public TemplateMap(IEnumerable<(TemplateText Key, object? Value)> items)
    {
        List<TemplateText> keys = [];
        foreach ((TemplateText key, object? value) in items)
        {
            if (!_values.ContainsKey(key.Value))
            {
                keys.Add(key);
            }

            _values[key.Value] = value;
        }

        Items = [.. keys.Select(key => (key, _values[key.Value]))];
    }

    public IReadOnlyList<(TemplateText Key, object? Value)> Items { get; }

    public int Count => _values.Count;

    public bool TryGet(string key, out object? value) => _values.TryGetValue(key, out value);
}
