using System.Globalization;

namespace Reflux.Models.Chat;

/// <summary>Reads expressions, with Jinja's precedence: if, or, and, not, comparisons, + -, ~, * / // %, **, signs, then members, calls, filters and tests.</summary>
internal sealed class ExpressionParser(TokenReader reader)
{
    private static readonly HashSet<string> ComparisonSigns = ["==", "!=", "<", ">", "<=", ">="];

    public Expression Read() => reader.Nested(ReadConditional);

    /// <summary>An expression in which a comma makes a tuple.</summary>
    public Expression ReadTuple()
    {
        int line = reader.Line;
        Expression first = Read();
        if (!reader.IsOperator(","))
        {
            return first;
        }

        List<Expression> items = [first];
        while (reader.SkipOperator(",") && reader.Current.Kind is not (TokenKind.BlockEnd or TokenKind.OutputEnd) && !reader.IsOperator(")"))
        {
            items.Add(Read());
        }

        return new Expression.Sequence(items, line);
    }

    /// <summary>An expression that an <c>if</c> may follow without belonging to it.</summary>
    public Expression ReadWithoutCondition() => reader.Nested(ReadOr);

    private Expression ReadConditional()
    {
        Expression value = ReadOr();
        while (reader.IsName("if"))
        {
            int line = reader.Next().Line;
            Expression condition = ReadOr();
            value = new Expression.Conditional(condition, value, reader.SkipName("else") ? Read() : null, line);
        }

        return value;
    }

    private Expression ReadOr() => ReadBinary(ReadAnd, () => reader.SkipName("or") ? "or" : null);

    private Expression ReadAnd() => ReadBinary(ReadNot, () => reader.SkipName("and") ? "and" : null);

    private Expression ReadNot()
    {
        int line = reader.Line;
        return reader.SkipName("not") ? new Expression.Unary("not", reader.Nested(ReadNot), line) : ReadComparison();
    }

    private Expression ReadComparison()
    {
        int line = reader.Line;
        Expression first = ReadSum();
        List<(string, Expression)> rest = [];
        while (ComparisonSign() is { } sign)
        {
            rest.Add((sign, ReadSum()));
        }

        return rest.Count == 0 ? first : new Expression.Comparison(first, rest, line);
    }

    private string? ComparisonSign()
    {
        if (reader.Current.Kind == TokenKind.Operator && ComparisonSigns.Contains(reader.Current.Text))
        {
            return reader.Next().Text;
        }

        if (reader.IsName("not") && reader.Ahead.Is(TokenKind.Name, "in"))
        {
            reader.Next();
            reader.Next();
            return "not in";
        }

        return reader.SkipName("in") ? "in" : null;
    }

    private Expression ReadSum() => ReadBinary(ReadConcatenation, () => Sign("+", "-"));

    private Expression ReadConcatenation() => ReadBinary(ReadProduct, () => Sign("~"));

    private Expression ReadProduct() => ReadBinary(ReadPower, () => Sign("*", "/", "//", "%"));

    private Expression ReadPower() => ReadBinary(() => ReadSigned(withFilters: true), () => Sign("**"));

    private string? Sign(params ReadOnlySpan<string> signs) =>
        reader.Current.Kind == TokenKind.Operator && signs.Contains(reader.Current.Text) ? reader.Next().Text : null;

    private Expression ReadBinary(Func<Expression> readOperand, Func<string?> readSign)
    {
        Expression left = readOperand();
        int line = reader.Line;
        while (readSign() is { } sign)
        {
            left = new Expression.Binary(sign, left, readOperand(), line);
            line = reader.Line;
        }

        return left;
    }

    private Expression ReadSigned(bool withFilters)
    {
        int line = reader.Line;
        Expression value = Sign("-", "+") is { } sign
            ? new Expression.Unary(sign, reader.Nested(() => ReadSigned(withFilters: false)), line)
            : ReadPostfix(ReadPrimary());
        return withFilters ? ReadFilters(value) : value;
    }

    private Expression ReadPrimary()
    {
        TemplateToken token = reader.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Expression.Constant(true, token.Line),
                    "false" or "False" => new Expression.Constant(false, token.Line),
                    "none" or "None" => new Expression.Constant(null, token.Line),
                    _ => new Expression.Variable(token.Text, token.Line),
                };
            case TokenKind.Text:
                string text = token.Text;
                while (reader.Current.Kind == TokenKind.Text)
                {
                    text += reader.Next().Text;
                }

                return new Expression.Constant(TemplateText.Trusted(text), token.Line);
            case TokenKind.Integer:
                return long.TryParse(token.Text.Replace("_", ""), NumberStyles.None, CultureInfo.InvariantCulture, out long integer)
                    ? new Expression.Constant(integer, token.Line)
                    : throw new TemplateException("an integer is too large", token.Line);
            case TokenKind.Float:
                return new Expression.Constant(double.Parse(token.Text.Replace("_", ""), CultureInfo.InvariantCulture), token.Line);
            case TokenKind.Operator when token.Text == "(":
                Expression inner = reader.IsOperator(")") ? new Expression.Sequence([], token.Line) : ReadTuple();
                reader.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new Expression.Sequence(ReadUntil("]", Read), token.Line);
            case TokenKind.Operator when token.Text == "{":
                return new Expression.Mapping(ReadUntil("}", ReadPair), token.Line);
            default:
                throw new TemplateException($"expected an expression, found {(token.Text.Length > 0 ? $"'{token.Text}'" : token.Kind.ToString())}", token.Line);
        }
    }

    private (Expression, Expression) ReadPair()
    {
        Expression key = Read();
        reader.ExpectOperator(":");
        return (key, Read());
    }

    private List<T> ReadUntil<T>(string end, Func<T> read)
    {
        List<T> items = [];
        while (!reader.SkipOperator(end))
        {
            items.Add(read());
            if (!reader.IsOperator(end))
            {
                reader.ExpectOperator(",");
            }
        }

        return items;
    }

    private Expression ReadPostfix(Expression value)
    {
        while (true)
        {
            int line = reader.Line;
            if (reader.SkipOperator("."))
            {
                value = reader.Current.Kind == TokenKind.Integer
                    ? new Expression.Item(value, ReadPrimary(), line)
                    : new Expression.Member(value, reader.ExpectName(), line);
            }
            else if (reader.SkipOperator("["))
            {
                value = ReadSubscript(value, line);
            }
            else if (reader.IsOperator("("))
            {
                value = new Expression.Call(value, ReadArguments(), line);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ReadSubscript(Expression target, int line)
    {
        Expression? start = reader.IsOperator(":") ? null : Read();
        if (start is not null && reader.SkipOperator("]"))
        {
            return new Expression.Item(target, start, line);
        }

        reader.ExpectOperator(":");
        Expression? stop = reader.IsOperator(":") || reader.IsOperator("]") ? null : Read();
        Expression? step = reader.SkipOperator(":") && !reader.IsOperator("]") ? Read() : null;
        reader.ExpectOperator("]");
        return new Expression.Slice(target, start, stop, step, line);
    }

    private Expression.ArgumentList ReadArguments()
    {
        reader.ExpectOperator("(");
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        ReadUntil(")", () =>
        {
            if (reader.IsOperator("*") || reader.IsOperator("**"))
            {
                throw new TemplateException("arguments from a list or dictionary", reader.Line, isUnsupported: true);
            }

            if (reader.Current.Kind == TokenKind.Name && reader.Ahead.Is(TokenKind.Operator, "="))
            {
                string name = reader.ExpectName();
                reader.Next();
                named.Add((name, Read()));
            }
            else
            {
                positional.Add(named.Count == 0 ? Read() : throw reader.Unexpected("a named argument"));
            }

            return true;
        });
        return new Expression.ArgumentList(positional, named);
    }

    private Expression ReadFilters(Expression value)
    {
        while (true)
        {
            int line = reader.Line;
            if (reader.SkipOperator("|"))
            {
                string name = reader.ExpectName();
                value = new Expression.Filter(value, name, reader.IsOperator("(") ? ReadArguments() : Expression.ArgumentList.None, line);
            }
            else if (reader.SkipName("is"))
            {
                value = ReadTest(value, line);
            }
            else if (reader.IsOperator("("))
            {
                value = new Expression.Call(value, ReadArguments(), line);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression.Test ReadTest(Expression value, int line)
    {
        bool isNegated = reader.SkipName("not");
        string name = reader.ExpectName();
        Expression.ArgumentList arguments = Expression.ArgumentList.None;
        if (reader.IsOperator("("))
        {
            arguments = ReadArguments();
        }
        else if (ValueTests.TakesArgument(name))
        {
            arguments = new Expression.ArgumentList([ReadPostfix(ReadPrimary())], []);
        }

        return new Expression.Test(value, name, arguments, isNegated, line);
    }
}
