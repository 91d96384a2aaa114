using System.Globalization;
using System.Text;

namespace Reflux.Models.Chat;

/// <summary>
/// Cuts a template into tokens, with the settings of Hugging Face's library: <c>trim_blocks</c> and <c>lstrip_blocks</c> on, one line end at the
/// end dropped.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}", "=", "<", ">", ".", ",", ":", "|"];

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _position;
    private int _line = 1;
    private bool _lineStarting = true;

    private TemplateLexer(string source) => _source = source;

    public static List<TemplateToken> Read(string template)
    {
        string source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        TemplateLexer lexer = new(source.EndsWith('\n') ? source[..^1] : source);
        while (lexer._position < lexer._source.Length)
        {
            lexer.ReadNext();
        }

        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    private void ReadNext()
    {
        int start = _position;
        do
        {
            start = _source.IndexOf('{', start);
        }
        while (start >= 0 && (start + 1 == _source.Length || _source[start + 1] is not ('{' or '%' or '#')) && ++start > 0);

        if (start < 0)
        {
            AddData(_source[_position..]);
            _position = _source.Length;
            return;
        }

        char kind = _source[start + 1];
        char sign = start + 2 < _source.Length ? _source[start + 2] : ' ';
        string data = _source[_position..start];
        int length = sign == '-' ? data.TrimEnd().Length : kind != '{' && sign != '+' ? LengthWithoutIndent(data) : data.Length;
        AddData(data[..length]);
        CountLines(data.AsSpan(length));
        _position = start + (sign is '-' or '+' ? 3 : 2);
        switch (kind)
        {
            case '#':
                int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
                CountLines(end < 0 ? throw Error("a comment has no end") : _source.AsSpan(_position..end));
                _position = end;
                EndTag("#}", trims: true);
                break;
            case '%' when IsRaw():
                throw new TemplateException("the statement raw", _line, isUnsupported: true);
            case '%':
                Add(TokenKind.BlockStart, "");
                ReadCode("%}");
                Add(TokenKind.BlockEnd, "");
                EndTag("%}", trims: true);
                break;
            default:
                Add(TokenKind.OutputStart, "");
                ReadCode("}}");
                Add(TokenKind.OutputEnd, "");
                EndTag("}}", trims: false);
                break;
        }
    }

    // white space in front of a tag that begins its line
    private int LengthWithoutIndent(string data)
    {
        int lineStart = data.LastIndexOf('\n') + 1;
        return (lineStart > 0 || _lineStarting) && string.IsNullOrWhiteSpace(data[lineStart..]) ? lineStart : data.Length;
    }

    private bool IsRaw()
    {
        ReadOnlySpan<char> rest = _source.AsSpan(_position).TrimStart();
        return rest.StartsWith("raw", StringComparison.Ordinal) && (rest.Length == 3 || !char.IsLetterOrDigit(rest[3]) && rest[3] != '_');
    }

    // _position is at the end sign, or at the - or + in front of it
    private void EndTag(string end, bool trims)
    {
        char sign = end == "#}" ? _source[_position - 1] : _source[_position];
        _position += end == "#}" || sign is not ('-' or '+') ? 2 : 3;
        int after = _position;
        if (sign == '-')
        {
            after = _source.Length - _source.AsSpan(_position).TrimStart().Length;
        }
        else if (trims && sign != '+' && after < _source.Length && _source[after] == '\n')
        {
            after++;
        }

        CountLines(_source.AsSpan(_position..after));
        _lineStarting = after > _position && _source[after - 1] == '\n';
        _position = after;
    }

    private void ReadCode(string end)
    {
        int depth = 0;
        while (true)
        {
            while (_position < _source.Length && char.IsWhiteSpace(_source[_position]))
            {
                CountLines(_source.AsSpan(_position, 1));
                _position++;
            }

            if (_position == _source.Length)
            {
                throw Error($"a tag has no end {end}");
            }

            ReadOnlySpan<char> rest = _source.AsSpan(_position);
            if (depth == 0 && (rest.StartsWith(end, StringComparison.Ordinal) || (rest[0] is '-' or '+' && rest[1..].StartsWith(end, StringComparison.Ordinal))))
            {
                return;
            }

            depth += rest[0] switch
            {
                '(' or '[' or '{' => 1,
                ')' or ']' or '}' => -1,
                _ => 0,
            };
            ReadToken(rest);
        }
    }

    private void ReadToken(ReadOnlySpan<char> rest)
    {
        if (rest[0] is '\'' or '"')
        {
            ReadText(rest[0]);
        }
        else if (char.IsAsciiDigit(rest[0]))
        {
            ReadNumber(rest);
        }
        else if (char.IsLetter(rest[0]) || rest[0] == '_')
        {
            int length = 1;
            while (length < rest.Length && (char.IsLetterOrDigit(rest[length]) || rest[length] == '_'))
            {
                length++;
            }

            Take(TokenKind.Name, length);
        }
        else
        {
            foreach (string sign in Operators)
            {
                if (rest.StartsWith(sign, StringComparison.Ordinal))
                {
                    Take(TokenKind.Operator, sign.Length);
                    return;
                }
            }

            throw Error($"the character U+{(int)rest[0]:X4} has no meaning here");
        }
    }

    private void ReadNumber(ReadOnlySpan<char> rest)
    {
        int length = DigitsAt(rest, 0);
        bool isFloat = false;
        if (length + 1 < rest.Length && rest[length] == '.' && char.IsAsciiDigit(rest[length + 1]))
        {
            (isFloat, length) = (true, DigitsAt(rest, length + 1));
        }

        Take(isFloat ? TokenKind.Float : TokenKind.Integer, length);
    }

    private static int DigitsAt(ReadOnlySpan<char> text, int position)
    {
        while (position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] == '_'))
        {
            position++;
        }

        return position;
    }

    private void ReadText(char quote)
    {
        StringBuilder text = new();
        int line = _line;
        for (_position++; _position < _source.Length && _source[_position] != quote; _position++)
        {
            CountLines(_source.AsSpan(_position, 1));
            if (_source[_position] != '\\' || _position + 1 == _source.Length)
            {
                text.Append(_source[_position]);
                continue;
            }

            _position++;
            AppendEscape(text, _source[_position]);
        }

        if (_position >= _source.Length)
        {
            throw Error("a string has no end");
        }

        _position++;
        _tokens.Add(new TemplateToken(TokenKind.Text, text.ToString(), line));
    }

    private void AppendEscape(StringBuilder text, char letter)
    {
        int digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            bool isValid = _position + digits < _source.Length
                & int.TryParse(_source.AsSpan(_position + 1, Math.Min(digits, _source.Length - _position - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
                && Rune.IsValid(code);
            text.Append(isValid ? new Rune(code) : throw Error("a string has an escape that is no character"));
            _position += digits;
            return;
        }

        text.Append(letter switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            'a' => "\a",
            '0' => "\0",
            '\n' => "",
            '\\' or '\'' or '"' => letter.ToString(),
            _ => "\\" + letter,
        });
    }

    private void Take(TokenKind kind, int length)
    {
        Add(kind, _source.Substring(_position, length));
        _position += length;
    }

    private void Add(TokenKind kind, string text) => _tokens.Add(new TemplateToken(kind, text, _line));

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            Add(TokenKind.Data, text);
            CountLines(text);
        }
    }

    private void CountLines(ReadOnlySpan<char> text) => _line += text.Count('\n');

    private TemplateException Error(string message) => new(message, _line);
}
