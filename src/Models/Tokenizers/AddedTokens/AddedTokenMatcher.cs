using System.Buffers;
using System.Globalization;
using System.Text;

namespace Reflux.Models.Tokenizers.AddedTokens;

/// <summary>
/// Cuts a text at the added tokens in it: at each place the longest, from the left, never overlapping, as Hugging Face's library does. Only
/// trusted stretches are searched, so no token lies in, or reaches into, what a user wrote.
/// </summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<char, (string Spelling, AddedToken Token)[]> _byFirst;
    private readonly SearchValues<char> _first;

    /// <param name="tokens">The tokens and how each is spelled in the text that is searched.</param>
    public AddedTokenMatcher(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        _byFirst = tokens.GroupBy(token => token.Spelling[0]).ToDictionary(
            group => group.Key,
            group => group.OrderByDescending(token => token.Spelling.Length).ThenBy(token => token.Token.Id).ToArray());
        _first = SearchValues.Create([.. _byFirst.Keys]);
    }

    /// <summary>The text between tokens and the tokens, in order; text where no id is given.</summary>
    public IEnumerable<(IReadOnlyList<TextSegment> Text, int? Id)> Cut(IReadOnlyList<TextSegment> segments)
    {
        if (segments.Count == 0)
        {
            yield break;
        }

        if (_byFirst.Count == 0 || !segments.Any(segment => segment.Trusted))
        {
            yield return (segments, null);
            yield break;
        }

        string whole = segments.Count == 1 ? segments[0].Text : string.Concat(segments.Select(segment => segment.Text));
        int done = 0;
        foreach ((int start, int end, AddedToken token) in Find(whole, segments))
        {
            int from = token.LeftStrip ? whole.AsSpan(done..Math.Max(start, done)).TrimEnd().Length + done : Math.Max(start, done);
            if (from > done)
            {
                yield return (Slice(segments, done, from), null);
            }

            yield return ([], token.Id);
            done = token.RightStrip ? whole.Length - whole.AsSpan(end).TrimStart().Length : end;
        }

        if (done < whole.Length)
        {
            yield return (Slice(segments, done, whole.Length), null);
        }
    }

    private IEnumerable<(int Start, int End, AddedToken Token)> Find(string whole, IReadOnlyList<TextSegment> segments)
    {
        int start = 0;
        for (int i = 0; i < segments.Count; i++)
        {
            int end = start + segments[i].Text.Length;
            while (segments[i].Trusted && i + 1 < segments.Count && segments[i + 1].Trusted)
            {
                end += segments[++i].Text.Length;
            }

            int position = segments[i].Trusted ? start : end;
            while (Next(whole, position, end) is { } found)
            {
                position = found.Start + found.Length;
                if (!found.Token.SingleWord || (!EndsInWord(whole.AsSpan(..found.Start)) && !StartsWithWord(whole.AsSpan(position))))
                {
                    yield return (found.Start, position, found.Token);
                }
            }

            start = end;
        }
    }

    private (int Start, int Length, AddedToken Token)? Next(string whole, int position, int end)
    {
        while (true)
        {
            int offset = whole.AsSpan(position..end).IndexOfAny(_first);
            if (offset < 0)
            {
                return null;
            }

            position += offset;
            foreach ((string spelling, AddedToken token) in _byFirst[whole[position]])
            {
                if (whole.AsSpan(position..end).StartsWith(spelling, StringComparison.Ordinal))
                {
                    return (position, spelling.Length, token);
                }
            }

            position++;
        }
    }

    private static List<TextSegment> Slice(IReadOnlyList<TextSegment> segments, int from, int to)
    {
        List<TextSegment> parts = [];
        int start = 0;
        foreach ((string text, bool trusted) in segments)
        {
            int first = Math.Clamp(from - start, 0, text.Length);
            int last = Math.Clamp(to - start, 0, text.Length);
            if (first < last)
            {
                parts.Add(new TextSegment(text[first..last], trusted));
            }

            start += text.Length;
        }

        return parts;
    }

    private static bool EndsInWord(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    // the regular expression \w: Alphabetic, M, Nd, Pc and Join_Control; of Alphabetic, what isn't L, M or Nl are enclosed letters
    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        _ => rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
    };
}
