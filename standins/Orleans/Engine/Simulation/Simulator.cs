using System.Diagnostics;

namespace Orleans.Engine.Simulation;

/// <summary>
/// A world on one thread under one seed. Everything in it is a turn: a continuation, a due timer, a message. Of the turns that could run now the seed
/// chooses one; when there is none, time jumps to the next that is due. So the same seed is the same run.
/// </summary>
/// <remarks>
/// Code of the world must come back to it: a plain <c>await</c> does. What escapes to the thread pool (<c>Task.Run</c>, <c>ConfigureAwait(false)</c>,
/// <c>WaitAsync</c> on a signal that completes asynchronously, …) is noticed when it touches the world again, and ends the run with its stack.
/// </remarks>
internal sealed class Simulator(int seed)
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Turn> _ready = [];
    private readonly PriorityQueue<Turn, (long Due, long Order)> _later = new();
    private readonly List<SimulatedProcess> _processes = [];
    private long _order;
    private volatile Exception? _failure;

    /// <summary>The only source of chance.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Since the beginning.</summary>
    public TimeSpan Now { get; private set; }

    public EventTrace Trace { get; } = new();

    /// <summary>Turns run so far.</summary>
    public long Turns { get; private set; }

    /// <summary>Makes a process.</summary>
    public SimulatedProcess Start(string name)
    {
        var process = new SimulatedProcess(this, name, _processes.Count + 1);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs an action of nobody's process, or of one, after a delay.</summary>
    public void After(TimeSpan delay, Action action, SimulatedProcess? process = null) =>
        Schedule(delay, new Turn(process, null, static state => ((Action)state!)(), action));

    /// <summary>Ends the run: something is wrong with the world or with what is simulated.</summary>
    public void Fail(Exception failure) => _failure ??= failure;

    /// <summary>Runs until the condition holds.</summary>
    /// <exception cref="TimeoutException">It does not hold at <paramref name="limit"/>, or nothing could ever happen again.</exception>
    public void RunUntil(Func<bool> done, TimeSpan limit)
    {
        var context = SynchronizationContext.Current;
        try
        {
            while (!done())
            {
                if (Now > limit || !Step())
                {
                    throw new TimeoutException(_ready.Count + _later.Count == 0 ? "nothing can happen any more" : $"still not there at {Now.TotalSeconds:0} s");
                }

                if (_failure is { } failure)
                {
                    throw new InvalidOperationException(failure.Message, failure);
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    internal void Enqueue(Turn turn)
    {
        if (IsHere())
        {
            _ready.Add(turn);
        }
    }

    internal void Schedule(TimeSpan delay, Turn turn)
    {
        if (IsHere())
        {
            _later.Enqueue(turn, (Now.Ticks + Math.Max(0, delay.Ticks), _order++));
        }
    }

    private bool IsHere()
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            return true;
        }

        Fail(new InvalidOperationException($"code of the world ran on another thread:\n{new StackTrace()}"));
        return false;
    }

    private bool Step()
    {
        if (_ready.Count == 0 && !Advance())
        {
            return false;
        }

        var choice = Random.Next(_ready.Count);
        var turn = _ready[choice];
        _ready[choice] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (turn.Process is { } process && !process.Takes(turn))
        {
            return true;
        }

        Turns++;
        Trace.Turn(Now.Ticks, turn.Process?.Number ?? 0, choice);
        SynchronizationContext.SetSynchronizationContext(turn.Context);
        turn.Callback(turn.State);
        return true;
    }

    private bool Advance()
    {
        if (!_later.TryDequeue(out var first, out var due))
        {
            return false;
        }

        Now = TimeSpan.FromTicks(Math.Max(Now.Ticks, due.Due));
        _ready.Add(first);
        while (_later.TryPeek(out _, out var next) && next.Due <= Now.Ticks)
        {
            _ready.Add(_later.Dequeue());
        }

        return true;
    }

    /// <summary>Something to run at once.</summary>
    /// <param name="Process">Whose it is; it goes with a process that dies, and waits for one that is stopped.</param>
    /// <param name="Context">What its awaits come back to.</param>
    /// <param name="Callback">What to do.</param>
    /// <param name="State">With what.</param>
    internal readonly record struct Turn(SimulatedProcess? Process, SynchronizationContext? Context, SendOrPostCallback Callback, object? State);
}
