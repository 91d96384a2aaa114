using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Archive;

/// <summary>Opens label logs over broker and archive.</summary>
/// <param name="broker">The broker's logs; null where there is no broker to ask: the archive alone.</param>
/// <param name="currentLog">Which log a label partition is now.</param>
/// <param name="archive">The archives.</param>
/// <param name="archiveFirst">The broker is only asked for what is not archived: for readers of what is old.</param>
public sealed class ArchivedLabelLogFactory(ILabelLogFactory? broker, Func<int, CancellationToken, Task<LogId>> currentLog, ArchiveStore archive, bool archiveFirst = false)
    : ILabelLogFactory
{
    /// <summary>As declared; the start of a log is the first record that its archive holds, or where nothing is archived the first that the broker does.</summary>
    /// <inheritdoc cref="ILabelLogFactory.OpenAsync" />
    public async Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken)
    {
        if (from is { } start && start.Log.Partition != partition)
        {
            throw new RefluxException(
                ErrorCodes.PositionForeignLog,
                $"The position {start} is of another partition than {partition}, the lane's: its records are another lane's.",
                "Name a position of the lane's own label log, as `reflux student show` prints it.");
        }

        var log = new ArchivedLabelLog(broker, archive.Of(from?.Log ?? await currentLog(partition, cancellationToken)), partition, from, archiveFirst);
        try
        {
            await log.OpenAsync(cancellationToken);
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task<LogPassage?> FindNextAsync(int partition, Position at, CancellationToken cancellationToken)
    {
        if (at.Log.Partition != partition)
        {
            return null;
        }

        var former = archive.Of(at.Log);
        var archived = (await former.RefreshAsync(cancellationToken)).FirstAfter(at.Offset);
        var passage = broker is null ? null : await broker.FindNextAsync(partition, at, cancellationToken);
        if (archived is { } later)
        {
            var held = passage?.Entered.Log == at.Log ? passage.Entered.Offset : long.MaxValue;
            return new LogPassage(at, at with { Offset = Math.Min(later, held) }, Gap: true);
        }

        if (passage is null || passage.Entered.Log == at.Log)
        {
            return passage;
        }

        var first = (await archive.Of(passage.Entered.Log).RefreshAsync(cancellationToken)).First ?? passage.Entered.Offset;
        var start = passage.Entered with { Offset = Math.Min(first, passage.Entered.Offset) };
        var whole = start.Offset == 0 && await former.ReadEndAsync(cancellationToken) is { } end && at.Offset >= end;
        return new LogPassage(at, start, Gap: !whole);
    }
}
