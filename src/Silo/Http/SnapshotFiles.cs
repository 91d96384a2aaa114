using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;
using Reflux.Contracts.Storage;

namespace Reflux.Silo.Http;

/// <summary>Manifests and files out of the blob store. The store holds other blobs too (holdout windows): only what a manifest names is served.</summary>
internal sealed class SnapshotFiles(IBlobStore blobs)
{
    private const int LongestManifest = 16 << 20;

    /// <summary>A manifest and its bytes as stored.</summary>
    /// <exception cref="RefluxException"><c>snapshot-not-found</c>: the store has no such manifest.</exception>
    public async Task<(SnapshotManifest Manifest, byte[] Bytes)> ManifestAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var stream = await blobs.OpenAsync(sha256, cancellationToken) ?? throw Missing($"manifest {sha256}");
        if (stream.Length > LongestManifest)
        {
            throw Missing($"manifest {sha256}");
        }

        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        try
        {
            return (JsonSerializer.Deserialize<SnapshotManifest>(bytes, RefluxJson.Options) ?? throw Missing($"manifest {sha256}"), bytes);
        }
        catch (JsonException)
        {
            throw Missing($"manifest {sha256}");
        }
    }

    /// <summary>A file of a snapshot, opened for reading.</summary>
    /// <exception cref="RefluxException"><c>snapshot-not-found</c>: the manifest names no such file, or the store has lost it.</exception>
    public async Task<(SnapshotFile File, Stream Content)> OpenAsync(string manifest, string name, CancellationToken cancellationToken)
    {
        var (description, _) = await ManifestAsync(manifest, cancellationToken);
        var file = description.Files.FirstOrDefault(f => f.Name == name) ?? throw Missing("file of that name in the snapshot");
        var content = await blobs.OpenAsync(file.Sha256, cancellationToken) ?? throw Missing($"blob {file.Sha256}");
        return (file, content);
    }

    private static RefluxException Missing(string what) =>
        new(ErrorCodes.SnapshotNotFound, $"there is no {what} in the store", "List the versions and the files in their manifests; all silos must share one store (Store:Directory).");
}
