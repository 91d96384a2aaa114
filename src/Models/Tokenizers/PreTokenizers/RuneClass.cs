using System.Buffers;
using System.Globalization;
using System.Text;

namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>What the pre-tokenisers tell apart: Unicode White_Space, general categories L and N, and the rest.</summary>
internal enum RuneClass : byte
{
    Space,
    Letter,
    Number,
    Other,
}

internal static class RuneClasses
{
    private static readonly RuneClass[] BasicPlane =
        [.. Enumerable.Range(0, 0x10000).Select(value => Rune.IsValid(value) ? Of(new Rune(value)) : RuneClass.Other)];

    /// <summary>The class of the first scalar of <paramref name="text"/>; a lone surrogate counts as U+FFFD, as in its UTF-8 form.</summary>
    public static RuneClass Next(ReadOnlySpan<char> text, out int consumed)
    {
        if (!char.IsSurrogate(text[0]))
        {
            consumed = 1;
            return BasicPlane[text[0]];
        }

        OperationStatus status = Rune.DecodeFromUtf16(text, out Rune rune, out consumed);
        return status == OperationStatus.Done ? Of(rune) : RuneClass.Other;
    }

    /// <summary>The length of the longest start of <paramref name="text"/> that is of one class.</summary>
    public static int RunLength(ReadOnlySpan<char> text, RuneClass kind)
    {
        int length = 0;
        while (length < text.Length && Next(text[length..], out int consumed) == kind)
        {
            length += consumed;
        }

        return length;
    }

    private static RuneClass Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => RuneClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => RuneClass.Number,
        _ => Rune.IsWhiteSpace(rune) ? RuneClass.Space : RuneClass.Other,
    };
}
