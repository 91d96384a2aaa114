namespace Orleans.Runtime;

/// <summary>A running grain timer; disposing stops it and cancels the tick that runs.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Changes due time and period; during a tick it takes effect when the tick ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time below -1 ms or over 49 days.</exception>
    void Change(TimeSpan dueTime, TimeSpan period);
}
