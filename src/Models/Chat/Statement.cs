namespace Reflux.Models.Chat;

/// <summary>What a template does.</summary>
internal abstract record Statement(int Line)
{
    /// <summary>Writes the template's own text.</summary>
    public sealed record Data(TemplateText Text, int Line) : Statement(Line);

    /// <summary>Writes a value.</summary>
    public sealed record Output(Expression Value, int Line) : Statement(Line);

    /// <summary>The first branch whose condition holds; the last one may have none.</summary>
    public sealed record If(IReadOnlyList<(Expression? Condition, IReadOnlyList<Statement> Body)> Branches, int Line) : Statement(Line);

    /// <summary>A loop; <c>Else</c> runs where there was nothing to loop over.</summary>
    public sealed record For(
        IReadOnlyList<string> Targets, Expression Items, Expression? Condition, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else, int Line) : Statement(Line);

    /// <summary>Gives variables a value.</summary>
    public sealed record Set(IReadOnlyList<string> Targets, Expression Value, int Line) : Statement(Line);

    /// <summary>Gives a variable what a body writes.</summary>
    public sealed record SetBlock(string Target, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

    /// <summary>Changes a member of a namespace.</summary>
    public sealed record SetMember(string Target, string Member, Expression Value, int Line) : Statement(Line);

    /// <summary>Defines a function that returns what its body writes.</summary>
    public sealed record Macro(string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

    /// <summary>Leaves the innermost loop.</summary>
    public sealed record Break(int Line) : Statement(Line);

    /// <summary>Goes on with the innermost loop's next item.</summary>
    public sealed record Continue(int Line) : Statement(Line);
}
