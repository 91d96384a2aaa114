using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Training;

/// <summary>
/// A student's label log: opened again, where it was left, whenever its reader has failed, since a dead reader gives no second answer; and, where it does not go on, followed to
/// the log that has taken its place, or over a gap that the student's owner has accepted.
/// </summary>
/// <param name="context">The student.</param>
/// <param name="next">The next record to read; null for the start of the log.</param>
/// <param name="pass">Makes a passage durable before anything behind it is read.</param>
/// <param name="patience">Waits while broker and disk are away.</param>
internal sealed class SteadyLabelLog(TrainerContext context, Position? next, Func<LogPassage, Task> pass, Patience patience) : IAsyncDisposable
{
    private ILabelLog? _open;
    private Position? _next = next;

    private int Partition => context.LaneDefinition.LabelPartition;

    /// <summary>Opens it; returns when the broker knows the position.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) =>
        FollowAsync(() => patience.UntilDoneAsync("opening the label log", () => ReaderAsync(cancellationToken), cancellationToken), cancellationToken);

    /// <summary>The next record; waits for one to be appended, and while the log is away.</summary>
    /// <exception cref="RefluxException">The log can't go on from here.</exception>
    public Task<LabelLogRecord> ReadAsync(CancellationToken cancellationToken) => FollowAsync(
        () => patience.UntilDoneAsync(
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
            cancellationToken),
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

    private async Task<T> FollowAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (RefluxException refusal) when (_next is not null && LogGapException.MayBe(refusal))
            {
                var passage = await FindPassageAsync(_next.Value, refusal, cancellationToken);
                await pass(passage);
                _next = passage.Entered;
            }
        }
    }

    private async Task<LogPassage> FindPassageAsync(Position at, RefluxException refusal, CancellationToken cancellationToken)
    {
        var found = await patience.UntilDoneAsync("looking for the log's continuation", () => context.Labels.FindNextAsync(Partition, at, cancellationToken), cancellationToken);
        return found is null ? throw refusal
            : found.Gap && context.AcceptedGap != at ? throw new LogGapException(found, context.Student.Name, refusal)
            : found;
    }

    private async Task<ILabelLog> ReaderAsync(CancellationToken cancellationToken)
    {
        if (_open is null)
        {
            Volatile.Write(ref _open, await context.Labels.OpenAsync(Partition, _next, cancellationToken));
        }

        return _open!;
    }
}
