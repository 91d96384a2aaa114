using System.Collections.Concurrent;
using Reflux.Contracts.Identity;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Demo;

/// <summary>The demo's own list of what the gateway answered 202 to: the truth that the student's accounting is held against.</summary>
internal sealed class AcceptedPrompts
{
    private readonly ConcurrentDictionary<Id128, Entry> _entries = new();
    private readonly List<double> _times = [];

    /// <summary>One accepted prompt.</summary>
    /// <param name="Seconds">When its 202 came, seconds of the run.</param>
    internal sealed record Entry(ProductLine Line, Position Position, double Seconds);

    public int Count => _entries.Count;

    public IEnumerable<KeyValuePair<Id128, Entry>> All => _entries;

    public void Add(Id128 id, Entry entry)
    {
        // an answer may name a prompt again that was sent again; it was accepted once
        if (_entries.TryAdd(id, entry))
        {
            lock (_times)
            {
                _times.Add(entry.Seconds);
            }
        }
    }

    /// <summary>When the 202 number <paramref name="index"/> (from 0) came, or null where there were not that many.</summary>
    public double? SecondsOf(long index)
    {
        lock (_times)
        {
            return index < _times.Count ? _times[(int)index] : null;
        }
    }

    public Entry? Find(Id128 id) => _entries.GetValueOrDefault(id);

    public List<Id128> OfLine(IEnumerable<Id128> ids, ProductLine line) => [.. ids.Where(id => Find(id)?.Line == line)];
}
