namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>
/// Reads the notation in which the lines are written: <c>a|b|c</c> is a choice (an empty alternative is allowed), brackets confine it to a
/// part of the text and nest, <c>{name}</c> stands for a bound phrase, all else is literal.
/// </summary>
/// <param name="mode">Probability of the first alternative of every choice; null: all alternatives are equally probable.</param>
/// <param name="bindings">The phrases that <c>{name}</c> can stand for; the slots <c>order</c>, <c>date</c> and <c>name</c> always can.</param>
public sealed class PhraseParser(double? mode = null, IReadOnlyDictionary<string, Phrase>? bindings = null)
{
    /// <summary>Reads a whole template.</summary>
    /// <exception cref="FormatException">A bracket has no partner, or a name is not bound.</exception>
    public Phrase Parse(string template)
    {
        var at = 0;
        var phrase = ParseAlternatives(template, ref at);
        return at == template.Length ? phrase : throw Malformed(template, at, "a bracket without its partner");
    }

    private Phrase ParseAlternatives(string template, ref int at)
    {
        List<Phrase> alternatives = [ParseSequence(template, ref at)];
        while (at < template.Length && template[at] == '|')
        {
            at++;
            alternatives.Add(ParseSequence(template, ref at));
        }
        return alternatives.Count == 1 ? alternatives[0] : mode is { } first ? new Choice(alternatives, first) : new Choice(alternatives);
    }

    private Phrase ParseSequence(string template, ref int at)
    {
        List<Phrase> parts = [];
        while (at < template.Length && template[at] is not ('|' or ']'))
        {
            parts.Add(template[at] switch
            {
                '[' => ParseBracket(template, ref at),
                '{' => ParseName(template, ref at),
                '}' => throw Malformed(template, at, "a brace without its partner"),
                _ => ParseLiteral(template, ref at),
            });
        }
        return parts.Count switch { 0 => new Literal(""), 1 => parts[0], _ => new Sequence(parts) };
    }

    private Phrase ParseBracket(string template, ref int at)
    {
        at++;
        var inner = ParseAlternatives(template, ref at);
        if (at == template.Length)
        {
            throw Malformed(template, at, "a bracket that does not end");
        }
        at++;
        return inner;
    }

    private Phrase ParseName(string template, ref int at)
    {
        var end = template.IndexOf('}', at);
        if (end < 0)
        {
            throw Malformed(template, at, "a name that does not end");
        }
        var name = template[(at + 1)..end];
        at = end + 1;
        return name switch
        {
            "order" => Slot.Order,
            "date" => Slot.Date,
            "name" => Slot.Customer,
            _ => bindings is not null && bindings.TryGetValue(name, out var phrase) ? phrase : throw Malformed(template, at, $"unbound name '{name}'"),
        };
    }

    private static Literal ParseLiteral(string template, ref int at)
    {
        var length = template.AsSpan(at).IndexOfAny("[]{}|");
        var literal = new Literal(length < 0 ? template[at..] : template.Substring(at, length));
        at += literal.Value.Length;
        return literal;
    }

    private static FormatException Malformed(string template, int at, string what) => new($"Template '{template}', character {at}: {what}.");
}
