using System.Globalization;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Helpdesk;

/// <summary>
/// The prompts that a demo sends: unique messages with idempotency keys, the same for the same seed. The caller says when the
/// traffic moves on to another line.
/// </summary>
public sealed class HelpdeskTraffic(ulong seed)
{
    private readonly HelpdeskGenerator _generator = new(seed);
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);

    /// <summary>How many prompts there have been.</summary>
    public int Count => _sent.Count;

    /// <summary>The next prompt of <paramref name="line"/>; its message has not been sent before.</summary>
    public TrafficPrompt Next(ProductLine line)
    {
        HelpdeskCase next;
        do
        {
            next = _generator.Next(line);
        }
        while (!_sent.Add(next.Message));
        var key = string.Create(CultureInfo.InvariantCulture, $"helpdesk-{seed:x}-{line}-{next.Index}").ToLowerInvariant();
        return new TrafficPrompt(key, next.Message, next);
    }
}
