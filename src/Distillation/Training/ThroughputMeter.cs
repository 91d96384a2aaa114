namespace Reflux.Distillation.Training;

/// <summary>Units a second over the last ten seconds, from counts reported now and then.</summary>
internal sealed class ThroughputMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<(long Timestamp, long Total)> _samples = new();

    public void Report(long total)
    {
        lock (_gate)
        {
            _samples.Enqueue((time.GetTimestamp(), total));
            while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().Timestamp) > Window)
            {
                _samples.Dequeue();
            }
        }
    }

    public double PerSecond
    {
        get
        {
            lock (_gate)
            {
                if (_samples.Count < 2)
                {
                    return 0;
                }

                var (timestamp, total) = _samples.Peek();
                var seconds = time.GetElapsedTime(timestamp).TotalSeconds;
                return seconds > 0 ? (_samples.Last().Total - total) / seconds : 0;
            }
        }
    }
}
