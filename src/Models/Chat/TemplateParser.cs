namespace Reflux.Models.Chat;

/// <summary>Reads the statements of a template; what this subset of Jinja lacks is refused by name.</summary>
internal sealed class TemplateParser
{
    private static readonly HashSet<string> Unsupported =
        ["autoescape", "block", "call", "debug", "do", "extends", "filter", "from", "import", "include", "pluralize", "trans", "with"];

    private readonly TokenReader _reader;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private TemplateParser(TokenReader reader) => (_reader, _expressions) = (reader, new ExpressionParser(reader));

    public static IReadOnlyList<Statement> Parse(string template)
    {
        TemplateParser parser = new(new TokenReader(TemplateLexer.Read(template)));
        (IReadOnlyList<Statement> statements, string end) = parser.ReadBody();
        return end.Length == 0 ? statements : throw new TemplateException($"'{end}' ends nothing", parser._reader.Line);
    }

    // up to the tag that is one of the ends; its name is read, what follows it isn't
    private (IReadOnlyList<Statement> Body, string End) ReadBody(params string[] ends)
    {
        List<Statement> body = [];
        while (true)
        {
            TemplateToken token = _reader.Next();
            switch (token.Kind)
            {
                case TokenKind.End:
                    return ends.Length == 0 ? (body, "") : throw new TemplateException($"'{ends[^1]}' is missing", token.Line);
                case TokenKind.Data:
                    body.Add(new Statement.Data(TemplateText.Trusted(token.Text), token.Line));
                    break;
                case TokenKind.OutputStart:
                    body.Add(new Statement.Output(_expressions.ReadTuple(), token.Line));
                    _reader.Expect(TokenKind.OutputEnd);
                    break;
                default:
                    string name = _reader.ExpectName();
                    if (ends.Contains(name))
                    {
                        return (body, name);
                    }

                    if (name == "generation")
                    {
                        // marks what the model wrote; nothing is written for it
                        body.AddRange(ReadSimpleBody("endgeneration"));
                        break;
                    }

                    body.Add(_reader.Nested(() => ReadStatement(name, token.Line)));
                    break;
            }
        }
    }

    private IReadOnlyList<Statement> ReadSimpleBody(string end) => _reader.Nested(() =>
    {
        _reader.Expect(TokenKind.BlockEnd);
        (IReadOnlyList<Statement> body, _) = ReadBody(end);
        _reader.Expect(TokenKind.BlockEnd);
        return body;
    });

    private Statement ReadStatement(string name, int line)
    {
        switch (name)
        {
            case "if":
                return ReadIf(line);
            case "for":
                return ReadFor(line);
            case "set":
                return ReadSet(line);
            case "macro":
                return ReadMacro(line);
            case "break" or "continue" when _loops > 0:
                _reader.Expect(TokenKind.BlockEnd);
                return name == "break" ? new Statement.Break(line) : new Statement.Continue(line);
            case var other when Unsupported.Contains(other):
                throw new TemplateException($"the statement {other}", line, isUnsupported: true);
            default:
                throw new TemplateException($"'{name}' is no statement here", line);
        }
    }

    private Statement.If ReadIf(int line)
    {
        List<(Expression?, IReadOnlyList<Statement>)> branches = [];
        string end = "if";
        while (end != "endif")
        {
            Expression? condition = end == "else" ? null : _expressions.ReadTuple();
            _reader.Expect(TokenKind.BlockEnd);
            (IReadOnlyList<Statement> body, string next) = condition is null ? ReadBody("endif") : ReadBody("elif", "else", "endif");
            branches.Add((condition, body));
            end = next;
        }

        _reader.Expect(TokenKind.BlockEnd);
        return new Statement.If(branches, line);
    }

    private Statement.For ReadFor(int line)
    {
        List<string> targets = ReadTargets();
        if (!_reader.SkipName("in"))
        {
            throw _reader.Unexpected("'in'");
        }

        Expression items = _expressions.ReadWithoutCondition();
        Expression? condition = _reader.SkipName("if") ? _expressions.Read() : null;
        if (_reader.IsName("recursive"))
        {
            throw new TemplateException("the loop option recursive", line, isUnsupported: true);
        }

        _reader.Expect(TokenKind.BlockEnd);
        _loops++;
        (IReadOnlyList<Statement> body, string end) = ReadBody("else", "endfor");
        _loops--;
        IReadOnlyList<Statement> otherwise = [];
        if (end == "else")
        {
            _reader.Expect(TokenKind.BlockEnd);
            (otherwise, _) = ReadBody("endfor");
        }

        _reader.Expect(TokenKind.BlockEnd);
        return new Statement.For(targets, items, condition, body, otherwise, line);
    }

    private List<string> ReadTargets()
    {
        bool inBrackets = _reader.SkipOperator("(");
        List<string> targets = [_reader.ExpectName()];
        while (_reader.SkipOperator(","))
        {
            targets.Add(_reader.ExpectName());
        }

        if (inBrackets)
        {
            _reader.ExpectOperator(")");
        }

        return targets;
    }

    private Statement ReadSet(int line)
    {
        List<string> targets = ReadTargets();
        if (targets.Count == 1 && _reader.SkipOperator("."))
        {
            string member = _reader.ExpectName();
            _reader.ExpectOperator("=");
            Expression changed = _expressions.ReadTuple();
            _reader.Expect(TokenKind.BlockEnd);
            return new Statement.SetMember(targets[0], member, changed, line);
        }

        if (targets.Count == 1 && _reader.Current.Kind == TokenKind.BlockEnd)
        {
            return new Statement.SetBlock(targets[0], ReadSimpleBody("endset"), line);
        }

        _reader.ExpectOperator("=");
        Expression value = _expressions.ReadTuple();
        _reader.Expect(TokenKind.BlockEnd);
        return new Statement.Set(targets, value, line);
    }

    private Statement.Macro ReadMacro(int line)
    {
        string name = _reader.ExpectName();
        List<(string, Expression?)> parameters = [];
        _reader.ExpectOperator("(");
        while (!_reader.SkipOperator(")"))
        {
            parameters.Add((_reader.ExpectName(), _reader.SkipOperator("=") ? _expressions.Read() : null));
            if (!_reader.IsOperator(")"))
            {
                _reader.ExpectOperator(",");
            }
        }

        int loops = _loops;
        _loops = 0;
        IReadOnlyList<Statement> body = ReadSimpleBody("endmacro");
        _loops = loops;
        return new Statement.Macro(name, parameters, body, line);
    }
}
