namespace Orleans.Engine.Simulation;

/// <summary>
/// A process of a simulated world: what runs in it ends in mid-air when it is killed, and stands still while it is stopped. Its code awaits under it as
/// synchronization context, its grains run by <see cref="ITurnDispatcher"/>, both tell the time by <see cref="Clock"/>.
/// </summary>
internal sealed class SimulatedProcess : SynchronizationContext, ITurnDispatcher
{
    private readonly Simulator _simulator;
    private readonly List<Simulator.Turn> _held = [];

    public SimulatedProcess(Simulator simulator, string name, int number)
    {
        _simulator = simulator;
        (Name, Number) = (name, number);
        Clock = new SimulatedClock(simulator, this);
    }

    public string Name { get; }

    public int Number { get; }

    public bool IsAlive { get; private set; } = true;

    public bool IsStopped { get; private set; }

    public TimeProvider Clock { get; }

    int ITurnDispatcher.TurnsAtOnce => 1;

    /// <summary>Nothing of it runs ever again.</summary>
    public void Kill()
    {
        IsAlive = false;
        _held.Clear();
    }

    /// <summary>Nothing of it runs until <see cref="Resume"/>.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>Goes on with everything that came meanwhile.</summary>
    public void Resume()
    {
        IsStopped = false;
        foreach (var turn in _held)
        {
            _simulator.Enqueue(turn);
        }

        _held.Clear();
    }

    /// <summary>Runs a function as code of the process; what it throws ends the simulation.</summary>
    public void Run(Func<Task> code) => Post(_ => _ = GuardAsync(code), null);

    /// <summary>Notes an event of the process.</summary>
    public void Note(string what) => _simulator.Trace.Event(_simulator.Now, Name, what);

    public override void Post(SendOrPostCallback d, object? state)
    {
        // what a dead process left behind may still be finalized, on the finalizer's thread
        if (IsAlive)
        {
            _simulator.Enqueue(new Simulator.Turn(this, this, d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A simulated process runs one turn at a time.");

    public override SynchronizationContext CreateCopy() => this;

    void ITurnDispatcher.Dispatch(IThreadPoolWorkItem turns) =>
        _simulator.Enqueue(new Simulator.Turn(this, null, static state => ((IThreadPoolWorkItem)state!).Execute(), turns));

    /// <summary>True where the turn is to run now.</summary>
    internal bool Takes(Simulator.Turn turn)
    {
        if (IsAlive && IsStopped)
        {
            _held.Add(turn);
        }

        return IsAlive && !IsStopped;
    }

    private async Task GuardAsync(Func<Task> code)
    {
        try
        {
            await code();
        }
        catch (Exception failure)
        {
            _simulator.Fail(new InvalidOperationException($"{Name}: {failure}", failure));
        }
    }
}
