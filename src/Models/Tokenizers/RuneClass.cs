using System.Buffers;
using System.Globalization;
using System.Text;

namespace Reflux.Models.Tokenizers;

/// <summary>What the pre-tokenisers tell apart: Unicode White_Space, general categories L and N, and the rest.</summary>
internal enum RuneClass
{
    Space,
    Letter,
    Number,
    Other,
}

internal static class RuneClasses
{
    private static readonly RuneClass[] Ascii = [.. Enumerable.Range(0, 128).Select(value => Of(new Rune(value)))];

    /// <summary>The class of the first scalar of <paramref name="text"/>; a lone surrogate counts as U+FFFD, as in its UTF-8 form.</summary>
    public static RuneClass Next(ReadOnlySpan<char> text, out int consumed)
    {
        if (char.IsAscii(text[0]))
        {
            consumed = 1;
            return Ascii[text[0]];
        }

        OperationStatus status = Rune.DecodeFromUtf16(text, out Rune rune, out consumed);
        return status == OperationStatus.Done ? Of(rune) : RuneClass.Other;
    }

    private static RuneClass Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => RuneClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => RuneClass.Number,
        _ => Rune.IsWhiteSpace(rune) ? RuneClass.Space : RuneClass.Other,
    };
}
