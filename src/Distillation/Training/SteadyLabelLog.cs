using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Training;

/// <summary>A lane's label log that is opened again, where it was left, whenever its reader has failed: a dead reader gives no second answer.</summary>
internal sealed class SteadyLabelLog(ILabelLogFactory logs, int partition, Position? next, Patience patience) : IAsyncDisposable
{
    private ILabelLog? _open;
    private Position? _next = next;

    /// <summary>Opens it; returns when the broker knows the position.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => patience.UntilDoneAsync("opening the label log", () => ReaderAsync(cancellationToken), cancellationToken);

    /// <summary>The next record; waits for one to be appended, and while the log is away.</summary>
    public Task<LabelLogRecord> ReadAsync(CancellationToken cancellationToken) => patience.UntilDoneAsync(
        "reading the label log",
        async () =>
        {
            var reader = await ReaderAsync(cancellationToken);
            try
            {
                var record = await reader.ReadAsync(cancellationToken);
                _next = record.Position with { Offset = record.Position.Offset + 1 };
                return record;
            }
            catch
            {
                await DisposeAsync();
                throw;
            }
        },
        cancellationToken);

    /// <summary>The log's end, for the backlog.</summary>
    /// <exception cref="IOException">It is not open now.</exception>
    public ValueTask<long> EndAsync(CancellationToken cancellationToken) =>
        (Volatile.Read(ref _open) ?? throw new IOException("the label log is being opened again")).EndAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _open, null) is { } reader)
        {
            await reader.DisposeAsync();
        }
    }

    private async Task<ILabelLog> ReaderAsync(CancellationToken cancellationToken)
    {
        if (_open is null)
        {
            Volatile.Write(ref _open, await logs.OpenAsync(partition, _next, cancellationToken));
        }

        return _open!;
    }
}
