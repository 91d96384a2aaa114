using System.Text;

namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>
/// The pre-tokeniser of Llama 3 and Qwen as a scanner over <see cref="Rune"/>: contractions in any case, letters with at most one sign or space in
/// front, numbers in groups (Llama 3: of three, Qwen: of one), signs with the line ends behind them, white space up to its last line end,
/// other white space, whose last character stays with the word that follows.
/// </summary>
internal static class Llama3Splitter
{
    /// <summary>Llama 3's regular expression.</summary>
    public const string Llama3Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Qwen 2's, 2.5's and 3's.</summary>
    public const string QwenPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static int NextLlama3Length(ReadOnlySpan<char> text) => NextLength(text, longestNumber: 3);

    public static int NextQwenLength(ReadOnlySpan<char> text) => NextLength(text, longestNumber: 1);

    private static int NextLength(ReadOnlySpan<char> text, int longestNumber)
    {
        RuneClass first = RuneClasses.Next(text, out int lead);
        if (text[0] == '\'' && ContractionLength(text) is > 0 and var contraction)
        {
            return contraction;
        }

        switch (first)
        {
            case RuneClass.Letter:
                return RuneClasses.RunLength(text, RuneClass.Letter);
            case RuneClass.Number:
                return NumberLength(text, longestNumber);
        }

        RuneClass second = lead < text.Length ? RuneClasses.Next(text[lead..], out _) : RuneClass.Space;
        if (second == RuneClass.Letter && text[0] is not ('\r' or '\n'))
        {
            return lead + RuneClasses.RunLength(text[lead..], RuneClass.Letter);
        }

        if (first == RuneClass.Other || (text[0] == ' ' && second == RuneClass.Other))
        {
            int start = first == RuneClass.Other ? 0 : 1;
            int signs = start + RuneClasses.RunLength(text[start..], RuneClass.Other);
            int rest = text[signs..].IndexOfAnyExcept('\r', '\n');
            return rest < 0 ? text.Length : signs + rest;
        }

        int run = RuneClasses.RunLength(text, RuneClass.Space);
        int lineEnd = text[..run].LastIndexOfAny('\r', '\n');
        return lineEnd >= 0 ? lineEnd + 1 : run == text.Length || run == 1 ? run : run - 1;
    }

    // "any case" is Unicode's: the long s is an s
    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        char second = text.Length > 1 ? char.ToLowerInvariant(text[1]) : '\0';
        char third = text.Length > 2 ? char.ToLowerInvariant(text[2]) : '\0';
        return (second, third) switch
        {
            ('s' or '\u017f' or 't' or 'm' or 'd', _) => 2,
            ('r' or 'v', 'e') or ('l', 'l') => 3,
            _ => 0,
        };
    }

    private static int NumberLength(ReadOnlySpan<char> text, int longest)
    {
        int length = 0;
        for (int count = 0; count < longest && length < text.Length && RuneClasses.Next(text[length..], out int consumed) == RuneClass.Number; count++)
        {
            length += consumed;
        }

        return length;
    }
}
