namespace Orleans.Core;

/// <summary>The stored state of one grain, without its type.</summary>
public interface IStorage
{
    /// <summary>The version that the state was last read or written at.</summary>
    string? Etag { get; }

    /// <summary>Whether the store holds a record.</summary>
    bool RecordExists { get; }

    /// <summary>Deletes the stored state.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The stored version is another one.</exception>
    Task ClearStateAsync();

    /// <summary>Writes the state.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The stored version is another one.</exception>
    Task WriteStateAsync();

    /// <summary>Reads the state again, dropping changes not written.</summary>
    Task ReadStateAsync();

    /// <summary>Deletes the stored state.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The stored version is another one.</exception>
    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    /// <summary>Writes the state.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The stored version is another one.</exception>
    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    /// <summary>Reads the state again, dropping changes not written.</summary>
    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}
