namespace Reflux.Models.Chat;

/// <summary>The tests after <c>is</c>.</summary>
internal static class ValueTests
{
    private static readonly Dictionary<string, string> Comparisons = new(StringComparer.Ordinal)
    {
        ["equalto"] = "==", ["eq"] = "==", ["=="] = "==", ["ne"] = "!=", ["!="] = "!=", ["lt"] = "<", ["lessthan"] = "<", ["<"] = "<", ["le"] = "<=", ["<="] = "<=",
        ["gt"] = ">", ["greaterthan"] = ">", [">"] = ">", ["ge"] = ">=", [">="] = ">=", ["in"] = "in",
    };

    private static readonly Dictionary<string, Func<object?, bool>> Plain = new(StringComparer.Ordinal)
    {
        ["defined"] = value => value is not Undefined,
        ["undefined"] = value => value is Undefined,
        ["none"] = value => value is null,
        ["string"] = value => value is TemplateText,
        ["number"] = value => value is long or double or bool,
        ["integer"] = value => value is long,
        ["float"] = value => value is double,
        ["boolean"] = value => value is bool,
        ["true"] = value => value is true,
        ["false"] = value => value is false,
        ["mapping"] = value => value is TemplateMap,
        ["iterable"] = value => value is TemplateText or IReadOnlyList<object?> or TemplateMap or Undefined,
        ["sequence"] = value => value is TemplateText or IReadOnlyList<object?> or TemplateMap or Undefined,
        ["callable"] = value => value is TemplateFunction,
        ["odd"] = value => value is long number && number % 2 != 0,
        ["even"] = value => value is long number && number % 2 == 0,
        ["lower"] = value => value is TemplateText text && text.Value == text.Value.ToLowerInvariant(),
        ["upper"] = value => value is TemplateText text && text.Value == text.Value.ToUpperInvariant(),
    };

    public static bool TakesArgument(string name) => Comparisons.ContainsKey(name) || name is "sameas" or "divisibleby";

    /// <summary>Whether a test holds; one that there isn't is refused here.</summary>
    public static bool Holds(string name, object? value, CallArguments arguments)
    {
        arguments.Spend(value is TemplateText text ? text.Value.Length : 1);
        if (Plain.TryGetValue(name, out Func<object?, bool>? test))
        {
            arguments.AtMost(0);
            return test(value);
        }

        if (!TakesArgument(name))
        {
            throw new TemplateException($"the test {name}", arguments.Line, isUnsupported: true);
        }

        object? other = arguments.AtMost(1).Positional.Count == 1 ? arguments.Positional[0] : throw arguments.Error("it needs one argument");
        return name switch
        {
            "sameas" => ReferenceEquals(value, other) || (value is bool or long && value.Equals(other)),
            "divisibleby" => Operators.Binary("%", value, other, arguments.Budget, arguments.Line) is 0L,
            _ => Operators.Compare(Comparisons[name], value, other, arguments.Budget, arguments.Line),
        };
    }
}
