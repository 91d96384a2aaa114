using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;
using Reflux.Contracts.Storage;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Storage;
using Reflux.Models;

namespace Reflux.Distillation.Snapshots;

/// <summary>Reading snapshots back from the blob store, the way a client does: verified files, then the model directory's own reader.</summary>
internal static class StoredSnapshot
{
    /// <summary>A manifest by its digest.</summary>
    /// <exception cref="RefluxException">The store has none of that digest, or it is damaged (snapshot-not-found).</exception>
    public static async Task<SnapshotManifest> ReadManifestAsync(IBlobStore blobs, string digest, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await blobs.ReadVerifiedAsync(digest, cancellationToken);
            return JsonSerializer.Deserialize<SnapshotManifest>(bytes, RefluxJson.Options) ?? throw new JsonException("the manifest is null");
        }
        catch (Exception problem) when (problem is FileNotFoundException or InvalidDataException or JsonException)
        {
            throw new RefluxException(
                ErrorCodes.SnapshotNotFound, $"There is no readable manifest {digest} in the snapshot store.", "List the student's snapshots and take a digest from there.", problem);
        }
    }

    /// <summary>Loads a snapshot's stored files into memory; the caller's to dispose. The load itself is one work item.</summary>
    /// <exception cref="FileNotFoundException">A file is missing from the store.</exception>
    /// <exception cref="InvalidDataException">A stored file is not what the manifest names.</exception>
    public static async Task<LanguageModel> LoadAsync(
        IBlobStore blobs, IReadOnlyList<SnapshotFile> files, ICompute compute, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("reflux-snapshot-").FullName;
        try
        {
            foreach (var file in files)
            {
                await CopyAsync(blobs, file, Path.Combine(directory, Path.GetFileName(file.Name)), cancellationToken);
            }

            return await compute.RunAsync(ComputeQueue.Evaluator, () => LanguageModel.Load(directory, compute.Device), cancellationToken);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task CopyAsync(IBlobStore blobs, SnapshotFile file, string path, CancellationToken cancellationToken)
    {
        await using var source = await blobs.OpenAsync(file.Sha256, cancellationToken)
            ?? throw new FileNotFoundException($"{file.Name} ({file.Sha256}) is missing from the snapshot store");
        await using (var target = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous }))
        {
            await source.CopyToAsync(target, cancellationToken);
        }

        var digest = await FileDigest.OfAsync(path, cancellationToken);
        if (digest != file.Sha256)
        {
            throw new InvalidDataException($"{file.Name} in the snapshot store has digest {digest} instead of {file.Sha256}");
        }
    }
}
