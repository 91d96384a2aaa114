using System.Globalization;

namespace Reflux.Models.Chat;

/// <summary>The filters after <c>|</c>. Each keeps what a user wrote apart from what the template wrote.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<object?, CallArguments, object?>> All = new(StringComparer.Ordinal)
    {
        ["abs"] = (value, call) => value is long or double && Operators.Order(value, 0L, call.Budget, call.Line) < 0 ? Operators.Negate(value, call.Line) : value,
        ["capitalize"] = (value, call) => TextMethods.Capitalize(Text(value, call)),
        ["count"] = Length,
        ["d"] = Default,
        ["default"] = Default,
        ["first"] = (value, call) => Items(value, call) is [var first, ..] ? first : new Undefined("the first of nothing"),
        ["float"] = (value, call) => Number(value, call, 0.0),
        ["indent"] = Indent,
        ["int"] = (value, call) => Number(value, call, 0L) switch
        {
            double real => Math.Abs(real) < 1e18 ? (long)real : throw call.Error("it is too large"),
            var integer => integer,
        },
        ["items"] = (value, call) => value switch
        {
            TemplateMap map => map.Items.Select(item => (object?)new object?[] { item.Key, item.Value }).ToArray(),
            Undefined => Array.Empty<object?>(),
            _ => throw call.Error($"it is of {TemplateValues.KindOf(value)}"),
        },
        ["join"] = Join,
        ["last"] = (value, call) => Items(value, call) is [.., var last] ? last : new Undefined("the last of nothing"),
        ["length"] = Length,
        ["list"] = (value, call) => Items(value, call),
        ["lower"] = (value, call) => Text(value, call).Map(text => text.ToLowerInvariant()),
        ["map"] = Map,
        ["reject"] = (value, call) => Select(value, call, hasAttribute: false, wanted: false),
        ["rejectattr"] = (value, call) => Select(value, call, hasAttribute: true, wanted: false),
        ["replace"] = (value, call) => TextMethods.Replace(Text(value, call), call),
        ["reverse"] = (value, call) => Operators.Slice(value, null, null, -1L, call.Budget, call.Line),
        ["safe"] = (value, call) => Text(value, call),
        ["select"] = (value, call) => Select(value, call, hasAttribute: false, wanted: true),
        ["selectattr"] = (value, call) => Select(value, call, hasAttribute: true, wanted: true),
        ["string"] = (value, call) => Text(value, call),
        ["title"] = (value, call) => TextMethods.Title(Text(value, call)),
        ["tojson"] = ToJson,
        ["trim"] = (value, call) => TextMethods.Strip(Text(value, call), call.AtMost(1, "chars"), "chars", start: true, end: true),
        ["upper"] = (value, call) => Text(value, call).Map(text => text.ToUpperInvariant()),
    };

    /// <summary>Applies a filter; one that there isn't is refused here, so that a template may name it where it never comes to.</summary>
    public static object? Apply(string name, object? value, CallArguments arguments) =>
        All.TryGetValue(name, out Func<object?, CallArguments, object?>? filter) ? filter(value, arguments) : throw new TemplateException($"the filter {name}", arguments.Line, isUnsupported: true);

    private static TemplateText Text(object? value, CallArguments call)
    {
        TemplateText text = TemplateValues.ToText(value, call.Budget, call.Line);
        call.Spend(text.Value.Length);
        return text;
    }

    private static IReadOnlyList<object?> Items(object? value, CallArguments call)
    {
        IReadOnlyList<object?> items = Operators.Items(value, call.Budget, call.Line);
        call.Spend(items.Count);
        return items;
    }

    private static object? Length(object? value, CallArguments call) => value switch
    {
        TemplateText text => (long)TextIndex.Length(Text(text, call)),
        IReadOnlyList<object?> list => (long)list.Count,
        TemplateMap map => (long)map.Count,
        Undefined => 0L,
        _ => throw call.Error($"{TemplateValues.KindOf(value)} has none"),
    };

    private static object? Default(object? value, CallArguments call) =>
        value is Undefined || (call.AtMost(2, "default_value", "boolean").Flag(1, "boolean") && !TemplateValues.IsTrue(value))
            ? call.Get(0, "default_value", TemplateText.Empty)
            : value;

    private static object Number(object? value, CallArguments call, object fallback) => value switch
    {
        bool flag => flag ? 1L : 0L,
        long or double => fallback is double ? TemplateValues.ToDouble(value) : value,
        TemplateText text when long.TryParse(text.Value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) =>
            fallback is double ? (object)(double)integer : integer,
        TemplateText text when double.TryParse(text.Value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double real) => real,
        _ => call.Get(0, "default", fallback)!,
    };

    private static TemplateText Indent(object? value, CallArguments call)
    {
        call.AtMost(3, "width", "first", "blank");
        string margin = new(' ', (int)Math.Clamp(call.Integer(0, "width", 4), 0, 100));
        List<TemplateText> lines = [];
        foreach (TemplateText line in TextMethods.SplitAt(Text(value, call), "\n", -1))
        {
            bool isIndented = lines.Count == 0 ? call.Flag(1, "first") : line.Value.Length > 0 || call.Flag(2, "blank");
            lines.Add(TemplateText.Concat([TemplateText.Trusted((lines.Count > 0 ? "\n" : "") + (isIndented ? margin : "")), line]));
            call.Spend(margin.Length + line.Value.Length);
        }

        return TemplateText.Concat(lines);
    }

    private static TemplateText Join(object? value, CallArguments call)
    {
        call.AtMost(2, "d", "attribute");
        TemplateText separator = TemplateValues.ToText(call.Get(0, "d", TemplateText.Empty), call.Budget, call.Line);
        object? attribute = call.Get(1, "attribute");
        List<TemplateText> parts = [];
        foreach (object? item in Items(value, call))
        {
            TemplateText part = Text(attribute is null ? item : Operators.Item(item, attribute, call.Budget, call.Line), call);
            if (parts.Count > 0)
            {
                call.Spend(separator.Value.Length);
                parts.Add(separator);
            }

            parts.Add(part);
        }

        return TemplateText.Concat(parts);
    }

    private static object? Map(object? value, CallArguments call)
    {
        object? attribute = call.Get(-1, "attribute");
        if (attribute is not null)
        {
            call.AtMost(0, "attribute", "default");
            object? fallback = call.Get(-1, "default");
            return Items(value, call).Select(item => Operators.Item(item, attribute, call.Budget, call.Line) is var found && found is Undefined && fallback is not null ? fallback : found)
                .ToArray();
        }

        string name = call.Text(0, "filter").Value;
        CallArguments rest = new(name, [.. call.Positional.Skip(1)], call.Named, call.Budget, call.Line);
        return Items(value, call).Select(item => Apply(name, item, rest)).ToArray();
    }

    private static object?[] Select(object? value, CallArguments call, bool hasAttribute, bool wanted)
    {
        int first = hasAttribute ? 1 : 0;
        object? attribute = hasAttribute ? call.Text(0, "attribute") : null;
        string? name = call.Positional.Count > first ? call.Text(first, "test").Value : null;
        CallArguments rest = new(name ?? "select", [.. call.Positional.Skip(first + 1)], call.Named, call.Budget, call.Line);
        return
        [
            .. Items(value, call).Where(item =>
            {
                object? tested = attribute is null ? item : Operators.Item(item, attribute, call.Budget, call.Line);
                return (name is null ? TemplateValues.IsTrue(tested) : ValueTests.Holds(name, tested, rest)) == wanted;
            }),
        ];
    }

    private static TemplateText ToJson(object? value, CallArguments call)
    {
        call.AtMost(1, "indent", "ensure_ascii");
        if (call.Flag(-1, "ensure_ascii"))
        {
            throw new TemplateException("tojson with ensure_ascii", call.Line, isUnsupported: true);
        }

        int? indent = call.Get(0, "indent") is long width ? (int)Math.Clamp(width, 0, 32) : null;
        return new ValueWriter(call.Budget, call.Line).WriteJson(value, indent);
    }
}
