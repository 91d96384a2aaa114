using Reflux.Streaming;

namespace Reflux.Silo.Tests.Support;

/// <summary>Readers that hold nothing back, except that the first append of labels waits at a gate while it is closed.</summary>
internal sealed class GatedSafePosition : ISafePosition
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GatedSafePosition(bool open)
    {
        if (open)
        {
            Open();
        }
    }

    /// <summary>Completes when somebody has come to append labels.</summary>
    public Task Reached => _reached.Task;

    public void Open() => _open.TrySetResult();

    public async ValueTask<long> SafeOffsetAsync(string topic, int partition, CancellationToken cancellationToken)
    {
        if (topic == Topics.Labels)
        {
            _reached.TrySetResult();
            await _open.Task.WaitAsync(cancellationToken);
        }

        return long.MaxValue;
    }
}
