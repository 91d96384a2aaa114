namespace Reflux.Samples.Helpdesk;

/// <summary>The structured first line of an answer: <c>intent=repair product=kettle urgency=high</c>.</summary>
public sealed record Routing(string Intent, string Product, string Urgency)
{
    /// <summary>The routing of an answer, or null where its first line isn't one.</summary>
    public static Routing? TryParse(string answer)
    {
        var end = answer.IndexOf('\n', StringComparison.Ordinal);
        var fields = (end < 0 ? answer : answer[..end]).Split(' ');
        return fields.Length == 3 && Field(fields[0], "intent=") is { } intent && Field(fields[1], "product=") is { } product && Field(fields[2], "urgency=") is { } urgency
            ? new Routing(intent, product, urgency)
            : null;
    }

    public override string ToString() => $"intent={Intent} product={Product} urgency={Urgency}";

    private static string? Field(string text, string prefix) =>
        text.Length > prefix.Length && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;
}
