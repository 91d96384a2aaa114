namespace Reflux.Streaming.Internal;

/// <summary>What a group member has delivered and finished of one partition. The watermark passes a record only when it and all delivered before it are finished.</summary>
internal sealed class PartitionProgress
{
    private readonly Queue<long> _delivered = new();
    private readonly HashSet<long> _finished = [];

    /// <summary>The partition went to another member: nothing of it may be committed any more.</summary>
    public bool Revoked { get; set; }

    /// <summary>The first offset that is not finished, null where nothing is.</summary>
    public long? Watermark { get; private set; }

    /// <summary>A record was handed on; offsets grow.</summary>
    public void Deliver(long offset) => _delivered.Enqueue(offset);

    /// <summary>A record is finished. True where that moved the watermark.</summary>
    public bool Finish(long offset)
    {
        _finished.Add(offset);
        var moved = false;
        while (_delivered.TryPeek(out var first) && _finished.Remove(first))
        {
            _delivered.Dequeue();
            Watermark = first + 1;
            moved = true;
        }

        return moved;
    }
}
