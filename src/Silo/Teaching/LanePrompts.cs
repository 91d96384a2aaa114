using System.Threading.Channels;
using Reflux.Contracts.Identity;

namespace Reflux.Silo.Teaching;

/// <summary>
/// The prompts of one lane that were read and are not done with. A labeller takes them from <see cref="Feed"/>; the next one, after a failure or under
/// another teacher, is given again what the one before has left unfinished.
/// </summary>
/// <param name="most">Beyond so many, reading stops and the log's back-pressure takes over.</param>
/// <param name="acknowledge">Called for a prompt once its label or dead letter is durable.</param>
internal sealed class LanePrompts(int most, Action<Position> acknowledge)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _room = new(most);
    private readonly OrderedDictionary<Position, WaitingPrompt> _open = [];
    private Channel<WaitingPrompt> _feed = Channel.CreateUnbounded<WaitingPrompt>();

    /// <summary>Prompts done with so far.</summary>
    public long Done { get; private set; }

    /// <summary>Adds a prompt; waits for room. One that is open already, because its partition was handed out anew, is not added again.</summary>
    public async Task AddAsync(WaitingPrompt prompt, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        lock (_gate)
        {
            if (_open.TryAdd(prompt.Position, prompt))
            {
                _feed.Writer.TryWrite(prompt);
                return;
            }
        }

        _room.Release();
    }

    /// <summary>All that is open, oldest first, and then what comes. The feed given out before gets no more.</summary>
    public ChannelReader<WaitingPrompt> Feed()
    {
        lock (_gate)
        {
            _feed = Channel.CreateUnbounded<WaitingPrompt>();
            foreach (var prompt in _open.Values)
            {
                _feed.Writer.TryWrite(prompt);
            }

            return _feed.Reader;
        }
    }

    /// <summary>A prompt's label or dead letter is durable.</summary>
    public void Acknowledge(Position position)
    {
        lock (_gate)
        {
            if (!_open.Remove(position))
            {
                return;
            }

            Done++;
        }

        _room.Release();
        acknowledge(position);
    }
}
