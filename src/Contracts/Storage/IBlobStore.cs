namespace Reflux.Contracts.Storage;

/// <summary>Immutable bytes named by their SHA-256 (64 lower-case hex digits).</summary>
public interface IBlobStore
{
    /// <summary>Stores the bytes durably (temporary file, fsync, rename, fsync of the directory) and returns their digest. Storing the same bytes again is free.</summary>
    Task<BlobDescriptor> PutAsync(Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a blob for reading, or returns null where the store has none of that digest.</summary>
    Task<Stream?> OpenAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>True where the store has the blob.</summary>
    Task<bool> ExistsAsync(string sha256, CancellationToken cancellationToken);
}

/// <summary>A stored blob's name and size in bytes.</summary>
public sealed record BlobDescriptor(string Sha256, long Size);
