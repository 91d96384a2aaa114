using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>Publishes positions as the committed offsets of groups that nobody joins.</summary>
public interface IGroupCommitter
{
    /// <summary>Commits <paramref name="next"/> as the first offset that <paramref name="group"/> still needs of its partition.</summary>
    /// <exception cref="PositionException">The position is of a log that this broker does not have.</exception>
    Task CommitAsync(string group, Position next, CancellationToken cancellationToken);
}
