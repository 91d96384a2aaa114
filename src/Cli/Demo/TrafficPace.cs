namespace Reflux.Cli.Demo;

/// <summary>
/// Slows the traffic down to what the machine can label and train: it is held back while the oldest accepted prompt that has not taken
/// effect, but for the first <see cref="AlwaysOpen"/>, is older than <see cref="LongestWaitSeconds"/>. Without that, a machine slower than the pace would only show its queue growing.
/// </summary>
internal sealed class TrafficPace
{
    public const double LongestWaitSeconds = 12;

    // those that wait for a full step take effect only when more traffic comes: holding it back for them would be for ever
    public const int AlwaysOpen = 32;

    private long _effects;

    /// <summary>Seconds for which the traffic was held back so far.</summary>
    public double HeldBackSeconds { get; private set; }

    /// <summary>Prompts that took effect, as the student last reported it. Prompts take effect about in the order of their 202s.</summary>
    public void Report(long effects) => Interlocked.Exchange(ref _effects, effects);

    /// <summary>Whether to send nothing for another <paramref name="tickSeconds"/>; if so, they are counted.</summary>
    /// <param name="accepted">In the order of the 202s.</param>
    /// <param name="now">Seconds of the run.</param>
    public bool HoldsBack(AcceptedPrompts accepted, double now, double tickSeconds)
    {
        var held = accepted.SecondsOf(Interlocked.Read(ref _effects) + AlwaysOpen) is { } oldest && now - oldest > LongestWaitSeconds;
        HeldBackSeconds += held ? tickSeconds : 0;
        return held;
    }
}
