using System.Text;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// The GPT-2 pre-tokeniser as a scanner over <see cref="Rune"/>: contractions, then runs of letters, of numbers or of anything else with at
/// most one space in front, then white space, whose last character stays with the word that follows. A scanner, because .NET's regular
/// expressions see UTF-16 units and take letters beyond the BMP for symbols.
/// </summary>
internal ref struct Gpt2Splitter(ReadOnlySpan<char> text)
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private ReadOnlySpan<char> _rest = text;

    public ReadOnlySpan<char> Current { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        int length = NextLength(_rest);
        Current = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    private static int NextLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            foreach (string contraction in Contractions)
            {
                if (text.StartsWith(contraction, StringComparison.Ordinal))
                {
                    return contraction.Length;
                }
            }
        }

        int lead = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        RuneClass first = RuneClasses.Next(text[lead..], out _);
        if (first != RuneClass.Space)
        {
            return lead + RunLength(text[lead..], first);
        }

        int run = RunLength(text, RuneClass.Space);
        return run == text.Length || run == 1 ? run : run - 1;
    }

    private static int RunLength(ReadOnlySpan<char> text, RuneClass kind)
    {
        int length = 0;
        while (length < text.Length && RuneClasses.Next(text[length..], out int consumed) == kind)
        {
            length += consumed;
        }

        return length;
    }
}
