using System.Globalization;

namespace Reflux.Models.Chat;

/// <summary>
/// The values of a template: null (none), <see cref="Undefined"/>, bool, long, double, <see cref="TemplateText"/>, lists
/// (<see cref="IReadOnlyList{T}"/>), <see cref="TemplateMap"/>, <see cref="TemplateNamespace"/>, <see cref="TemplateFunction"/>.
/// </summary>
internal static class TemplateValues
{
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        TemplateText text => text.Value.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    /// <summary>Equality as Python has it. Values may be deep and share their parts, so every step is paid for.</summary>
    public static bool AreEqual(object? left, object? right, Budget budget, int line)
    {
        budget.Enter(line);
        budget.Spend(1, line);
        bool areEqual = (left, right) switch
        {
            (TemplateText a, TemplateText b) => AreEqual(a.Value, b.Value, budget, line),
            (bool or long or double, bool or long or double) => ToDouble(left).Equals(ToDouble(right)),
            (IReadOnlyList<object?> a, IReadOnlyList<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second, budget, line)),
            (TemplateMap a, TemplateMap b) => a.Count == b.Count
                && a.Items.All(item => b.TryGet(item.Key.Value, out object? other) && AreEqual(item.Value, other, budget, line)),
            (Undefined, Undefined) => true,
            _ => ReferenceEquals(left, right),
        };
        budget.Leave();
        return areEqual;
    }

    private static bool AreEqual(string left, string right, Budget budget, int line)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        budget.Spend(left.Length, line);
        return left == right;
    }

    public static double ToDouble(object? number) => number switch
    {
        bool flag => flag ? 1 : 0,
        long integer => integer,
        double real => real,
        _ => throw new InvalidCastException(),
    };

    /// <summary>The name of a value's kind, for messages.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "none",
        Undefined undefined => $"'{undefined.Name}', which is undefined",
        bool => "a truth value",
        long or double => "a number",
        TemplateText => "a text",
        IReadOnlyList<object?> => "a list",
        TemplateMap => "a dictionary",
        TemplateNamespace => "a namespace",
        _ => "a function",
    };

    /// <summary>A value as Python writes it.</summary>
    public static TemplateText ToText(object? value, Budget budget, int line) => value switch
    {
        TemplateText text => text,
        Undefined => TemplateText.Empty,
        _ => new ValueWriter(budget, line).Write(value),
    };

    public static string WriteDouble(double number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return text.AsSpan().IndexOfAny(".en") < 0 ? text + ".0" : text;
    }
}
