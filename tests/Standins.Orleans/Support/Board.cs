using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Reflux.Standins.Orleans.Tests.Support;

/// <summary>Where grains say what happens and wait for the test: notes in their order, and gates that the test opens.</summary>
internal sealed class Board
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<string> _notes = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    public void Note(string text) => _notes.Writer.TryWrite(text);

    /// <summary>The next note; a test that waits too long fails.</summary>
    public async Task<string> NextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        return await _notes.Reader.ReadAsync(limit.Token);
    }

    public async Task<string[]> NextAsync(int count)
    {
        var notes = new string[count];
        for (var i = 0; i < count; i++)
        {
            notes[i] = await NextAsync();
        }

        return notes;
    }

    /// <summary>Whether nothing was noted that nobody read.</summary>
    public bool IsEmpty => !_notes.Reader.TryPeek(out _);

    public Task WaitAsync(string gate) => Gate(gate).Task;

    public void Open(string gate) => Gate(gate).TrySetResult();

    private TaskCompletionSource Gate(string name) =>
        _gates.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
