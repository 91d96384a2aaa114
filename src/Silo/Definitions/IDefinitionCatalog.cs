using Reflux.Contracts.Definitions;

namespace Reflux.Silo.Definitions;

/// <summary>What the definitions log says exists, followed live. The same on every silo, a little later than the grains know it.</summary>
public interface IDefinitionCatalog
{
    /// <summary>Every entity that exists; an immutable picture.</summary>
    IReadOnlyCollection<Definition> Current { get; }

    /// <summary>True for an entity that existed and was deleted; false for one that has not been heard of.</summary>
    bool IsDeleted(Guid id);

    /// <summary>Completes when everything that was on the log at the start has been read.</summary>
    Task CaughtUp { get; }

    /// <summary>
    /// The present picture once the log is caught up with, then a new one after each change. Changes that come faster than they are taken are folded
    /// into one. Ends with the token.
    /// </summary>
    IAsyncEnumerable<IReadOnlyCollection<Definition>> WatchAsync(CancellationToken cancellationToken);
}
