namespace Reflux.Streaming;

/// <summary>How far a partition's readers have durably read: writers on the embedded broker keep within <see cref="LogWriter.Mark"/> records of it.</summary>
public interface ISafePosition
{
    /// <summary>The first offset that some reader still needs; 0 where readers have said nothing yet, <see cref="long.MaxValue"/> where nobody needs any record.</summary>
    ValueTask<long> SafeOffsetAsync(string topic, int partition, CancellationToken cancellationToken);
}
