using System.Globalization;
using System.Text;

namespace Reflux.Models.Chat;

/// <summary>Writes values as Python's <c>str</c> does, or as JSON the way Hugging Face's <c>tojson</c> does. Trusted where all of it is.</summary>
internal sealed class ValueWriter(Budget budget, int line)
{
    private readonly StringBuilder _text = new();
    private bool _isTrusted = true;

    public TemplateText Write(object? value)
    {
        WritePython(value);
        return TemplateText.Of(_text.ToString(), _isTrusted);
    }

    /// <param name="value">The value.</param>
    /// <param name="indent">Spaces for each level; null: all on one line.</param>
    public TemplateText WriteJson(object? value, int? indent)
    {
        WriteJson(value, indent, level: 1);
        return TemplateText.Of(_text.ToString(), _isTrusted);
    }

    private void WritePython(object? value)
    {
        switch (value)
        {
            case null:
                Append("None");
                break;
            case Undefined:
                Append("Undefined");
                break;
            case bool flag:
                Append(flag ? "True" : "False");
                break;
            case TemplateText text:
                AppendText(text, Quoted(text.Value));
                break;
            case IReadOnlyList<object?> list:
                AppendAll("[", list, ", ", WritePython, "]");
                break;
            case TemplateMap map:
                AppendAll("{", map.Items, ", ", item =>
                {
                    WritePython(item.Key);
                    Append(": ");
                    WritePython(item.Value);
                }, "}");
                break;
            case long or double:
                Append(Number(value));
                break;
            default:
                Append($"<{TemplateValues.KindOf(value)}>");
                break;
        }
    }

    private void WriteJson(object? value, int? indent, int level)
    {
        string separator = indent is { } width ? ",\n" + new string(' ', width * level) : ", ";
        (string open, string close) = indent is { } spaces ? ("\n" + new string(' ', spaces * level), "\n" + new string(' ', spaces * (level - 1))) : ("", "");
        switch (value)
        {
            case null:
                Append("null");
                break;
            case bool flag:
                Append(flag ? "true" : "false");
                break;
            case TemplateText text:
                AppendText(text, JsonQuoted(text.Value));
                break;
            case long or double:
                Append(Number(value));
                break;
            case IReadOnlyList<object?> { Count: 0 }:
                Append("[]");
                break;
            case TemplateMap { Count: 0 }:
                Append("{}");
                break;
            case IReadOnlyList<object?> list:
                AppendAll("[" + open, list, separator, item => WriteJson(item, indent, level + 1), close + "]");
                break;
            case TemplateMap map:
                AppendAll("{" + open, map.Items, separator, item =>
                {
                    AppendText(item.Key, JsonQuoted(item.Key.Value));
                    Append(": ");
                    WriteJson(item.Value, indent, level + 1);
                }, close + "}");
                break;
            default:
                throw new TemplateException($"JSON of {TemplateValues.KindOf(value)}", line);
        }
    }

    private void AppendAll<T>(string open, IReadOnlyList<T> items, string separator, Action<T> write, string close)
    {
        budget.Enter(line);
        Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            Append(i > 0 ? separator : "");
            write(items[i]);
        }

        Append(close);
        budget.Leave();
    }

    private void AppendText(TemplateText source, string written)
    {
        _isTrusted &= source.IsTrusted;
        Append(written);
    }

    private void Append(string text)
    {
        budget.Spend(text.Length + 1, line);
        _text.Append(text);
    }

    private static string Number(object value) =>
        value is double real ? TemplateValues.WriteDouble(real) : ((long)value).ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string text)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        StringBuilder result = new();
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                _ when letter == quote => result.Append('\\').Append(letter),
                _ => result.Append(letter),
            };
        }

        return $"{quote}{result}{quote}";
    }

    private static string JsonQuoted(string text)
    {
        StringBuilder result = new("\"");
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\b' => result.Append("\\b"),
                '\f' => result.Append("\\f"),
                < ' ' => result.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => result.Append(letter),
            };
        }

        return result.Append('"').ToString();
    }
}
