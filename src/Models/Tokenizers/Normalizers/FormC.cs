using System.Text;

namespace Reflux.Models.Tokenizers.Normalizers;

/// <summary>Unicode Normalization Form C. Source: Unicode Standard Annex 15; Hangul by the arithmetic of the standard's section 3.12.</summary>
internal static class FormC
{
    private const int FirstSyllable = 0xAC00;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;
    private const int FirstLead = 0x1100;
    private const int FirstVowel = UnicodeData.HangulVowelFirst;
    private const int BeforeFirstTrail = 0x11A7;

    /// <param name="text">Without lone surrogates.</param>
    public static string Of(string text)
    {
        // nothing below U+0300 changes or combines with what stands before it
        int position = text.AsSpan().IndexOfAnyInRange('\u0300', '\uffff');
        if (position < 0)
        {
            return text;
        }

        UnicodeData data = UnicodeData.Instance;
        StringBuilder? result = null;
        int copied = 0;
        int previous = 0;
        while (position < text.Length)
        {
            Rune rune = Rune.GetRuneAt(text, position);
            if (!data.IsActive(rune.Value))
            {
                previous = position;
                position += rune.Utf16SequenceLength;
                continue;
            }

            int end = position + rune.Utf16SequenceLength;
            while (end < text.Length && Rune.GetRuneAt(text, end) is var next && data.IsActive(next.Value))
            {
                end += next.Utf16SequenceLength;
            }

            // the stretch begins at the last code point before it that stands for itself
            int start = position == 0 ? 0 : Math.Max(previous, position - (char.IsLowSurrogate(text[position - 1]) ? 2 : 1));
            result ??= new StringBuilder(text.Length);
            result.Append(text, copied, start - copied);
            AppendComposed(result, Decompose(text.AsSpan(start..end), data), data);
            (copied, previous, position) = (end, end, end);
        }

        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    private static List<int> Decompose(ReadOnlySpan<char> text, UnicodeData data)
    {
        List<int> codes = [];
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, data, codes);
        }

        // canonical order: marks of a run by class, equal classes as they were
        for (int start = 0; start < codes.Count; start++)
        {
            int end = start;
            while (end < codes.Count && data.CombiningClass(codes[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] marks = [.. codes.GetRange(start, end - start).OrderBy(code => data.CombiningClass(code))];
                for (int i = 0; i < marks.Length; i++)
                {
                    codes[start + i] = marks[i];
                }
            }

            start = Math.Max(start, end);
        }

        return codes;
    }

    private static void Decompose(int code, UnicodeData data, List<int> codes)
    {
        int syllable = code - FirstSyllable;
        if (syllable is >= 0 and < Leads * Vowels * Trails)
        {
            codes.Add(FirstLead + (syllable / (Vowels * Trails)));
            codes.Add(FirstVowel + (syllable / Trails % Vowels));
            if (syllable % Trails != 0)
            {
                codes.Add(BeforeFirstTrail + (syllable % Trails));
            }
        }
        else if (data.TryDecompose(code, out (int First, int Second) parts))
        {
            Decompose(parts.First, data, codes);
            if (parts.Second != 0)
            {
                Decompose(parts.Second, data, codes);
            }
        }
        else
        {
            codes.Add(code);
        }
    }

    private static void AppendComposed(StringBuilder result, List<int> codes, UnicodeData data)
    {
        List<int> composed = [];
        int starter = -1;
        int lastClass = -1;
        foreach (int code in codes)
        {
            byte combining = data.CombiningClass(code);
            if (starter >= 0 && lastClass < combining && TryCompose(composed[starter], code, data, out int whole))
            {
                composed[starter] = whole;
                continue;
            }

            if (combining == 0)
            {
                // two starters compose only where nothing stands between them
                (starter, lastClass) = (composed.Count, -1);
            }
            else
            {
                lastClass = combining;
            }

            composed.Add(code);
        }

        foreach (int code in composed)
        {
            result.Append(new Rune(code));
        }
    }

    private static bool TryCompose(int first, int second, UnicodeData data, out int composed)
    {
        (int lead, int vowel) = (first - FirstLead, second - FirstVowel);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            composed = FirstSyllable + (((lead * Vowels) + vowel) * Trails);
            return true;
        }

        (int syllable, int trail) = (first - FirstSyllable, second - BeforeFirstTrail);
        if (syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
        {
            composed = first + trail;
            return true;
        }

        return data.TryCompose(first, second, out composed);
    }
}
