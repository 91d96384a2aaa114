namespace Reflux.Models.Chat;

/// <summary>What has a value.</summary>
internal abstract record Expression(int Line)
{
    /// <summary>A literal: text, number, true, false, none.</summary>
    public sealed record Constant(object? Value, int Line) : Expression(Line);

    /// <summary>A variable.</summary>
    public sealed record Variable(string Name, int Line) : Expression(Line);

    /// <summary>A list or tuple.</summary>
    public sealed record Sequence(IReadOnlyList<Expression> Items, int Line) : Expression(Line);

    /// <summary>A dictionary.</summary>
    public sealed record Mapping(IReadOnlyList<(Expression Key, Expression Value)> Items, int Line) : Expression(Line);

    /// <summary><c>target.name</c></summary>
    public sealed record Member(Expression Target, string Name, int Line) : Expression(Line);

    /// <summary><c>target[key]</c></summary>
    public sealed record Item(Expression Target, Expression Key, int Line) : Expression(Line);

    /// <summary><c>target[start:stop:step]</c></summary>
    public sealed record Slice(Expression Target, Expression? Start, Expression? Stop, Expression? Step, int Line) : Expression(Line);

    /// <summary>A call of a function, macro or method.</summary>
    public sealed record Call(Expression Target, ArgumentList Arguments, int Line) : Expression(Line);

    /// <summary><c>value|name(arguments)</c></summary>
    public sealed record Filter(Expression Value, string Name, ArgumentList Arguments, int Line) : Expression(Line);

    /// <summary><c>value is name argument</c></summary>
    public sealed record Test(Expression Value, string Name, ArgumentList Arguments, bool IsNegated, int Line) : Expression(Line);

    /// <summary><c>not</c>, <c>-</c>, <c>+</c></summary>
    public sealed record Unary(string Operator, Expression Value, int Line) : Expression(Line);

    /// <summary>Arithmetic, comparison, <c>in</c>, <c>not in</c>, <c>and</c>, <c>or</c>, <c>~</c>.</summary>
    public sealed record Binary(string Operator, Expression Left, Expression Right, int Line) : Expression(Line);

    /// <summary><c>first &lt; second &lt; …</c>: every neighbour is compared.</summary>
    public sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Value)> Rest, int Line) : Expression(Line);

    /// <summary><c>value if condition else other</c></summary>
    public sealed record Conditional(Expression Condition, Expression Value, Expression? Other, int Line) : Expression(Line);

    /// <summary>What stands in the brackets of a call.</summary>
    public sealed record ArgumentList(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
    {
        /// <summary>No brackets, or empty ones.</summary>
        public static ArgumentList None { get; } = new([], []);
    }
}
