using System.Runtime.InteropServices;
using System.Text;

namespace Reflux.Models.Generation;

/// <summary>A text that grows by the bytes of tokens, until one of some texts is in it: these may lie across any token border.</summary>
internal sealed class StopTextFinder(IReadOnlyList<string> stops)
{
    private readonly byte[][] _stops = [.. stops.Select(Encoding.UTF8.GetBytes)];
    private readonly List<byte> _bytes = [];
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
}
