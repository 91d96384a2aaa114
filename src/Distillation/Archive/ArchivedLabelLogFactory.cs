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
}
