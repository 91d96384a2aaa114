using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Training;

/// <summary>Opens a lane's label partition at a position.</summary>
public interface ILabelLogFactory
{
    /// <summary>Assigns the partition. A position that the log no longer has, or of another incarnation of it, is an error and never a silent reset.</summary>
    /// <param name="partition">The lane's label partition.</param>
    /// <param name="from">The next record to read; null for the start of the log.</param>
    /// <param name="cancellationToken">Gives up opening.</param>
    /// <exception cref="Reflux.Contracts.Errors.RefluxException">The position is out of range or names another log.</exception>
    Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken);

    /// <summary>What can be read next where the log does not go on at a position: behind missing records, or at the start of the log that has taken its place.</summary>
    /// <returns>Null where nothing is known to follow: the partition is another, or the position is beyond the log's end.</returns>
    Task<LogPassage?> FindNextAsync(int partition, Position at, CancellationToken cancellationToken) => Task.FromResult<LogPassage?>(null);
}
