namespace Reflux.Distillation.Training;

/// <summary>One lane's partition of the label log, read in order by one trainer at its own pace.</summary>
public interface ILabelLog : IAsyncDisposable
{
    /// <summary>The next record; waits until there is one.</summary>
    /// <exception cref="Reflux.Contracts.Errors.RefluxException">The log can't go on from here (out of range, another incarnation).</exception>
    ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The offset that the next appended record will get. May be called while a read is waiting.</summary>
    ValueTask<long> EndAsync(CancellationToken cancellationToken);
}
