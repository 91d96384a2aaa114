using System.Globalization;

namespace Orleans.Engine.Simulation;

/// <summary>What happened in a simulation: a hash over everything, and the newest events in words.</summary>
internal sealed class EventTrace
{
    private const int Kept = 80;
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private readonly Queue<string> _newest = new();

    /// <summary>FNV-1a over every turn and every event: two runs that differ anywhere differ here.</summary>
    public ulong Hash { get; private set; } = Offset;

    /// <summary>Events so far.</summary>
    public long Count { get; private set; }

    /// <summary>The newest events, oldest first.</summary>
    public IReadOnlyCollection<string> Newest => _newest;

    public void Turn(long time, int process, int choice)
    {
        Mix((ulong)time);
        Mix(((ulong)(uint)process << 32) | (uint)choice);
    }

    public void Event(TimeSpan at, string where, string what)
    {
        Count++;
        foreach (var character in what)
        {
            Mix(character);
        }

        _newest.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds,9:0.0000} {where,-8} {what}"));
        if (_newest.Count > Kept)
        {
            _newest.Dequeue();
        }
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;
}
