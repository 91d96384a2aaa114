namespace Reflux.Models.Chat;

/// <summary>The values that a function, filter or test is called with.</summary>
internal sealed class CallArguments(string name, IReadOnlyList<object?> positional, IReadOnlyList<(string Name, object? Value)> named, Budget budget, int line)
{
    public IReadOnlyList<object?> Positional => positional;

    public IReadOnlyList<(string Name, object? Value)> Named => named;

    public Budget Budget => budget;

    public int Line => line;

    /// <summary>The argument at a place or of a name, or what stands for it where it is missing.</summary>
    public object? Get(int place, string argument, object? fallback = null)
    {
        if (place >= 0 && place < positional.Count)
        {
            return positional[place];
        }

        foreach ((string given, object? value) in named)
        {
            if (given == argument)
            {
                return value;
            }
        }

        return fallback;
    }

    public TemplateText Text(int place, string argument) => Get(place, argument) as TemplateText ?? throw Error($"'{argument}' is not a text");

    public long Integer(int place, string argument, long fallback) => Get(place, argument, fallback) is long value ? value : throw Error($"'{argument}' is not an integer");

    public bool Flag(int place, string argument) => TemplateValues.IsTrue(Get(place, argument, false));

    /// <summary>Refuses arguments that nothing would look at.</summary>
    public CallArguments AtMost(int places, params ReadOnlySpan<string> names)
    {
        foreach ((string given, _) in named)
        {
            if (!names.Contains(given))
            {
                throw new TemplateException($"the argument '{given}' of {name}", line, isUnsupported: true);
            }
        }

        return positional.Count <= places ? this : throw Error("it has too many arguments");
    }

    /// <summary>Pays for a text or list of this length.</summary>
    public void Spend(long length) => budget.Spend(length, line);

    public TemplateException Error(string message) => new($"{name}: {message}", line);
}
