namespace Reflux.Models.Chat;

/// <summary>The variables that a part of a template sees: its own, then those around it.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    public object? this[string name]
    {
        get
        {
            for (Scope? scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope._values.TryGetValue(name, out object? value))
                {
                    return value;
                }
            }

            return new Undefined(name);
        }

        set => _values[name] = value;
    }

    private Scope? Outer => outer;
}
