using System.Text;

namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>
/// The GPT-2 pre-tokeniser as a scanner over <see cref="Rune"/>: contractions, then runs of letters, of numbers or of anything else with at
/// most one space in front, then white space, whose last character stays with the word that follows. A scanner, because .NET's regular
/// expressions see UTF-16 units and take letters beyond the BMP for symbols.
/// </summary>
internal static class Gpt2Splitter
{
    /// <summary>The regular expression that it runs.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    public static int NextLength(ReadOnlySpan<char> text)
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
            return lead + RuneClasses.RunLength(text[lead..], first);
        }

        int run = RuneClasses.RunLength(text, RuneClass.Space);
        return run == text.Length || run == 1 ? run : run - 1;
    }
}
