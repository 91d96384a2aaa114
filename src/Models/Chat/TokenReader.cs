namespace Reflux.Models.Chat;

/// <summary>Goes through the tokens of a template.</summary>
internal sealed class TokenReader(List<TemplateToken> tokens)
{
    private const int MaximumDepth = 100;

    private int _position;
    private int _depth;

    public TemplateToken Current => tokens[_position];

    public TemplateToken Ahead => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    public int Line => Current.Line;

    public TemplateToken Next() => Current.Kind == TokenKind.End ? Current : tokens[_position++];

    public bool IsName(string name) => Current.Is(TokenKind.Name, name);

    public bool IsOperator(string sign) => Current.Is(TokenKind.Operator, sign);

    public bool SkipName(string name) => IsName(name) && Next().Kind == TokenKind.Name;

    public bool SkipOperator(string sign) => IsOperator(sign) && Next().Kind == TokenKind.Operator;

    public string ExpectName() => Current.Kind == TokenKind.Name ? Next().Text : throw Unexpected("a name");

    public void ExpectOperator(string sign)
    {
        if (!SkipOperator(sign))
        {
            throw Unexpected($"'{sign}'");
        }
    }

    public void Expect(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(kind.ToString());
        }

        Next();
    }

    public TemplateException Unexpected(string expected) =>
        new($"expected {expected}, found {(Current.Text.Length > 0 && Current.Kind != TokenKind.Data ? $"'{Current.Text}'" : Current.Kind.ToString())}", Line);

    /// <summary>Reads what may be nested, to a depth that the stack can hold.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > MaximumDepth)
        {
            throw new TemplateException($"it is nested more than {MaximumDepth} levels deep", Line);
        }

        T result = read();
        _depth--;
        return result;
    }
}
