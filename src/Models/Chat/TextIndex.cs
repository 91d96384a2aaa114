using System.Text;

namespace Reflux.Models.Chat;

/// <summary>Characters of a text as Python counts them: code points.</summary>
internal static class TextIndex
{
    public static int Length(TemplateText text) => text.Value.EnumerateRunes().Count();

    public static IEnumerable<TemplateText> Runes(TemplateText text)
    {
        int position = 0;
        foreach (Rune rune in text.Value.EnumerateRunes())
        {
            yield return text.Slice(position, rune.Utf16SequenceLength);
            position += rune.Utf16SequenceLength;
        }
    }

    public static TemplateText? At(TemplateText text, long index)
    {
        int count = Length(text);
        long place = index < 0 ? index + count : index;
        return place >= 0 && place < count ? Slice(text, place, place + 1, 1) : null;
    }

    public static TemplateText Slice(TemplateText text, long? start, long? stop, long step)
    {
        int[] offsets = [.. Offsets(text.Value)];
        int[] places = [.. Operators.Places(offsets.Length - 1, start, stop, step)];
        return step == 1
            ? places.Length == 0 ? TemplateText.Empty : text.Slice(offsets[places[0]], offsets[places[^1] + 1] - offsets[places[0]])
            : TemplateText.Concat(places.Select(place => text.Slice(offsets[place], offsets[place + 1] - offsets[place])));
    }

    private static IEnumerable<int> Offsets(string text)
    {
        int position = 0;
        yield return 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            position += rune.Utf16SequenceLength;
            yield return position;
        }
    }
}
