using System.Buffers;

namespace Reflux.Models.Chat;

/// <summary>The methods of texts and dictionaries that templates call.</summary>
internal static class TextMethods
{
    /// <summary>A method by its name, or null.</summary>
    public static TemplateFunction? Find(object? target, string name) => (target, name) switch
    {
        (TemplateText text, "strip") => call => Strip(Paid(text, call), call.AtMost(1), "chars", start: true, end: true),
        (TemplateText text, "lstrip") => call => Strip(Paid(text, call), call.AtMost(1), "chars", start: true, end: false),
        (TemplateText text, "rstrip") => call => Strip(Paid(text, call), call.AtMost(1), "chars", start: false, end: true),
        (TemplateText text, "startswith") => call => Affixes(call).Any(affix => text.Value.StartsWith(affix, StringComparison.Ordinal)),
        (TemplateText text, "endswith") => call => Affixes(call).Any(affix => text.Value.EndsWith(affix, StringComparison.Ordinal)),
        (TemplateText text, "split") => call => Split(text, call),
        (TemplateText text, "splitlines") => call => SplitAt(Paid(text, call.AtMost(0)).Map(each => each.ReplaceLineEndings("\n")), "\n", -1) is var lines && lines[^1].Value.Length == 0
            ? lines[..^1]
            : lines,
        (TemplateText text, "replace") => call => Replace(text, call),
        (TemplateText text, "lower") => call => Paid(text, call.AtMost(0)).Map(each => each.ToLowerInvariant()),
        (TemplateText text, "upper") => call => Paid(text, call.AtMost(0)).Map(each => each.ToUpperInvariant()),
        (TemplateText text, "title") => call => Title(Paid(text, call.AtMost(0))),
        (TemplateText text, "capitalize") => call => Capitalize(Paid(text, call.AtMost(0))),
        (TemplateText text, "find") => call => Find(text, call.AtMost(1).Text(0, "sub"), call),
        (TemplateText text, "join") => call => Filters.Apply("join", call.AtMost(1).Get(0, "iterable"), new CallArguments(name, [text], [], call.Budget, call.Line)),
        (TemplateMap map, "get") => call => map.TryGet(Paid(call.AtMost(2).Text(0, "key"), call).Value, out object? value) ? value : call.Get(1, "default"),
        (TemplateMap map, "items") => call => Filters.Apply("items", map, call.AtMost(0)),
        (TemplateMap map, "keys") => call => map.Items.Select(item => (object?)item.Key).ToArray(),
        (TemplateMap map, "values") => call => map.Items.Select(item => item.Value).ToArray(),
        _ => null,
    };

    public static TemplateText Strip(TemplateText text, CallArguments call, string argument, bool start, bool end)
    {
        SearchValues<char>? letters = call.Get(0, argument) is null ? null : SearchValues.Create(Paid(call.Text(0, argument), call).Value);
        ReadOnlySpan<char> rest = text.Value;
        if (start)
        {
            rest = letters is null ? rest.TrimStart() : rest.IndexOfAnyExcept(letters) is >= 0 and var kept ? rest[kept..] : [];
        }

        int first = text.Value.Length - rest.Length;
        if (end)
        {
            rest = letters is null ? rest.TrimEnd() : rest[..(rest.LastIndexOfAnyExcept(letters) + 1)];
        }

        return text.Slice(first, rest.Length);
    }

    public static TemplateText Replace(TemplateText text, CallArguments call)
    {
        string old = call.AtMost(3).Text(0, "old").Value;
        TemplateText content = call.Text(1, "new");
        if (old.Length == 0)
        {
            throw new TemplateException("replacing the empty text", call.Line, isUnsupported: true);
        }

        call.Budget.SpendOnSearch(text, old, call.Line);
        TemplateText[] parts = SplitAt(text, old, call.Integer(2, "count", -1));
        call.Spend(text.Value.Length + ((long)parts.Length * content.Value.Length));
        return TemplateText.Concat(parts.SelectMany((part, i) => i == 0 ? [part] : (TemplateText[])[content, part]));
    }

    /// <summary>The parts between the first so many separators; all of them where the number is negative.</summary>
    public static TemplateText[] SplitAt(TemplateText text, string separator, long count)
    {
        List<TemplateText> parts = [];
        int start = 0;
        while (count-- != 0 && text.Value.IndexOf(separator, start, StringComparison.Ordinal) is >= 0 and var end)
        {
            parts.Add(text.Slice(start, end - start));
            start = end + separator.Length;
        }

        return [.. parts, text.Slice(start, text.Value.Length - start)];
    }

    public static TemplateText Capitalize(TemplateText text)
    {
        int first = text.Value.Length > 1 && char.IsSurrogatePair(text.Value, 0) ? 2 : Math.Min(1, text.Value.Length);
        return TemplateText.Concat([text.Slice(0, first).Map(each => each.ToUpperInvariant()), text.Slice(first, text.Value.Length - first).Map(each => each.ToLowerInvariant())]);
    }

    public static TemplateText Title(TemplateText text)
    {
        char before = ' ';
        return text.Map(each => string.Create(each.Length, each, (letters, source) =>
        {
            for (int i = 0; i < letters.Length; i++)
            {
                letters[i] = char.IsLetter(before) ? char.ToLowerInvariant(source[i]) : char.ToUpperInvariant(source[i]);
                before = source[i];
            }
        }));
    }

    private static TemplateText Paid(TemplateText text, CallArguments call)
    {
        call.Spend(text.Value.Length);
        return text;
    }

    private static IEnumerable<string> Affixes(CallArguments call)
    {
        object? given = call.AtMost(1).Get(0, "prefix");
        foreach (object? affix in given as IReadOnlyList<object?> ?? [given])
        {
            string text = affix is TemplateText found ? found.Value : throw call.Error("its argument is not a text");
            call.Spend(1 + text.Length);
            yield return text;
        }
    }

    private static object Split(TemplateText text, CallArguments call)
    {
        long count = call.AtMost(2, "sep", "maxsplit").Integer(1, "maxsplit", -1);
        if (call.Get(0, "sep") is not null)
        {
            string separator = call.Text(0, "sep").Value;
            call.Budget.SpendOnSearch(text, separator, call.Line);
            return separator.Length > 0 ? SplitAt(text, separator, count) : throw call.Error("the separator is empty");
        }

        List<TemplateText> words = [];
        int start = StartOfWord(Paid(text, call).Value, 0);
        while (start < text.Value.Length)
        {
            int end = words.Count == count ? text.Value.Length : start;
            while (end < text.Value.Length && !char.IsWhiteSpace(text.Value[end]))
            {
                end++;
            }

            words.Add(text.Slice(start, end - start));
            start = StartOfWord(text.Value, end);
        }

        return words.ToArray();
    }

    private static int StartOfWord(string text, int position) => text.Length - text.AsSpan(position).TrimStart().Length;

    private static object Find(TemplateText text, TemplateText part, CallArguments call)
    {
        call.Budget.SpendOnSearch(text, part.Value, call.Line);
        int found = text.Value.IndexOf(part.Value, StringComparison.Ordinal);
        return (long)(found < 0 ? found : TextIndex.Length(text.Slice(0, found)));
    }
}
