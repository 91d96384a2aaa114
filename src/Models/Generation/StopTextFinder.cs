using System.Runtime.InteropServices;
using System.Text;

namespace Reflux.Models.Generation;

/// <summary>A text that grows by the bytes of tokens, until one of some texts is in it: these may lie across any token border.</summary>
internal sealed class StopTextFinder(IReadOnlyList<string> stops)
{
    private readonly byte[][] _stops = [.. stops.Select(Encoding.UTF8.GetBytes)];
    private readonly List<byte> _bytes = [];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _taken;
    private int? _cut;

    public bool Found => _cut is not null;

    /// <summary>What came before the first of the stops; bytes that aren't UTF-8 are U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_bytes)[..(_cut ?? _bytes.Count)]);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        int before = _bytes.Count;
        _bytes.AddRange(bytes);
        ReadOnlySpan<byte> all = CollectionsMarshal.AsSpan(_bytes);
        foreach (byte[] stop in _stops)
        {
            // a stop that ends in the new bytes begins at most its length less one before them
            int from = Math.Max(0, before - stop.Length + 1);
            int at = all[from..].IndexOf(stop);
            if (at >= 0 && (_cut is null || from + at < _cut))
            {
                _cut = from + at;
            }
        }
    }

    /// <summary>What has come since the last call and can no longer become part of a stop; never half a character.</summary>
    /// <param name="last">Nothing follows: all that is left.</param>
    public string Take(bool last)
    {
        int end = _cut ?? (last ? _bytes.Count : _bytes.Count - LongestBeginningOfAStop());
        ReadOnlySpan<byte> fresh = CollectionsMarshal.AsSpan(_bytes)[_taken..end];
        char[] characters = new char[_decoder.GetCharCount(fresh, last)];
        _decoder.GetChars(fresh, characters, last);
        _taken = end;
        return new string(characters);
    }

    private int LongestBeginningOfAStop()
    {
        ReadOnlySpan<byte> all = CollectionsMarshal.AsSpan(_bytes);
        int longest = 0;
        foreach (byte[] stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, all.Length); length > longest; length--)
            {
                if (all.EndsWith(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
