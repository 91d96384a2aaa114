namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>The templates of one product line, in the notation of <see cref="Grammar.PhraseParser"/>.</summary>
public sealed record LineDefinition
{
    public required ProductLine Line { get; init; }

    public required IReadOnlyList<Product> Products { get; init; }

    public required IReadOnlyList<Issue> Issues { get; init; }

    public required IReadOnlyList<Urgency> Urgencies { get; init; }

    /// <summary>The sentence that names the <c>{product}</c>.</summary>
    public required string Topic { get; init; }

    /// <summary>A remark that says nothing about the routing.</summary>
    public required string Remark { get; init; }

    /// <summary>The reply of every intent, with <c>{noun}</c> and <c>{when}</c>; the first alternative of each choice is the usual one.</summary>
    public required IReadOnlyDictionary<string, string> Replies { get; init; }
}
