using System.Security.Cryptography;
using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;

namespace Reflux.Client;

/// <summary>
/// A snapshot on the client's disk: a Hugging Face directory with `manifest.json` and `version.json` beside the model's files.
/// A directory is either complete and verified or not there: a pull fills a temporary sibling and renames it.
/// </summary>
public static class SnapshotDirectory
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>The file that says which version this is.</summary>
    public const string VersionFile = "version.json";

    /// <summary>
    /// Downloads <paramref name="version"/> into <paramref name="directory"/>, which is missing, empty or an older version, and then is replaced.
    /// Files that the older version has with the same digest are copied instead of downloaded.
    /// </summary>
    /// <returns>The manifest and how many bytes crossed the network.</returns>
    /// <exception cref="RefluxException"><c>directory-not-ours</c>: the directory holds something else; it is left as it is.</exception>
    /// <exception cref="SnapshotCorruptException">A file or the manifest has another digest than stated.</exception>
    public static async Task<PullResult> PullAsync(RefluxClient client, SnapshotVersion version, string directory, CancellationToken cancellationToken = default)
    {
        var target = TargetOf(directory);
        CheckReplaceable(target);
        var (manifest, manifestBytes) = await client.ManifestAsync(version, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var staging = $"{target}.{Guid.NewGuid():N}.partial";
        Directory.CreateDirectory(staging);
        try
        {
            long downloaded = 0;
            foreach (var file in manifest.Files)
            {
                var destination = Path.Combine(staging, SafeName(file.Name));
                if (!await TryReuseAsync(Path.Combine(target, file.Name), destination, file, cancellationToken))
                {
                    await using var source = await client.OpenFileAsync(version, file.Name, cancellationToken);
                    await using (var sink = File.Create(destination))
                    {
                        await source.CopyToAsync(sink, cancellationToken);
                    }

                    downloaded += file.Size;
                    await VerifyFileAsync(destination, file, cancellationToken);
                }
            }

            await File.WriteAllBytesAsync(Path.Combine(staging, ManifestFile), manifestBytes, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(staging, VersionFile), JsonSerializer.Serialize(version, RefluxJson.Indented), cancellationToken);
            Replace(target, staging);
            return new PullResult(version, manifest, downloaded);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    /// <summary>Checks every file of a pulled directory against its manifest, and the manifest against the version's digest.</summary>
    /// <exception cref="SnapshotCorruptException">Something is missing or has changed.</exception>
    public static async Task<SnapshotManifest> VerifyAsync(string directory, CancellationToken cancellationToken = default)
    {
        var version = await ReadAsync<SnapshotVersion>(Path.Combine(directory, VersionFile), cancellationToken);
        var manifestPath = Path.Combine(directory, ManifestFile);
        var digest = await DigestAsync(manifestPath, cancellationToken);
        if (digest != version.Manifest)
        {
            throw new SnapshotCorruptException($"{manifestPath} has sha256 {digest}, version {version.Version} states {version.Manifest}");
        }

        var manifest = await ReadAsync<SnapshotManifest>(manifestPath, cancellationToken);
        foreach (var file in manifest.Files)
        {
            await VerifyFileAsync(Path.Combine(directory, SafeName(file.Name)), file, cancellationToken);
        }

        return manifest;
    }

    // where a link leads to: renaming the link would leave the older version behind
    private static string TargetOf(string directory)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        return Directory.Exists(path) && Directory.ResolveLinkTarget(path, returnFinalTarget: true) is { } end ? end.FullName : path;
    }

    private static void CheckReplaceable(string target)
    {
        var ours = File.Exists(Path.Combine(target, VersionFile)) && File.Exists(Path.Combine(target, ManifestFile));
        if (Path.GetDirectoryName(target) is null || File.Exists(target) || (Directory.Exists(target) && !ours && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new RefluxException(
                ErrorCodes.DirectoryNotOurs,
                $"{target} is no pulled snapshot ({VersionFile} and {ManifestFile} are not both there) and not empty; it is left as it is",
                "name a directory that is missing, empty or an older pulled snapshot, or remove what is there yourself");
        }
    }

    /// <summary>The old directory goes only after the new one is in its place: whenever the process dies, one of them is whole.</summary>
    private static void Replace(string target, string staging)
    {
        CheckReplaceable(target); // again: the download took its time
        if (!Directory.Exists(target))
        {
            Directory.Move(staging, target);
            return;
        }

        var old = $"{target}.{Guid.NewGuid():N}.old";
        Directory.Move(target, old);
        try
        {
            Directory.Move(staging, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }

        Directory.Delete(old, recursive: true);
    }

    // a manifest comes from a server: it must not name a file outside the directory
    private static string SafeName(string name) =>
        name.Length > 0 && name == Path.GetFileName(name) && name is not ("." or "..")
            ? name
            : throw new SnapshotCorruptException("the manifest names a file outside the snapshot's directory");

    private static async Task<bool> TryReuseAsync(string existing, string destination, SnapshotFile file, CancellationToken cancellationToken)
    {
        if (!File.Exists(existing) || new FileInfo(existing).Length != file.Size || await DigestAsync(existing, cancellationToken) != file.Sha256)
        {
            return false;
        }

        File.Copy(existing, destination);
        return true;
    }

    private static async Task VerifyFileAsync(string path, SnapshotFile file, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new SnapshotCorruptException($"{path} is missing");
        }

        var size = new FileInfo(path).Length;
        if (size != file.Size)
        {
            throw new SnapshotCorruptException($"{path} has {size} bytes, the manifest states {file.Size}");
        }

        var digest = await DigestAsync(path, cancellationToken);
        if (digest != file.Sha256)
        {
            throw new SnapshotCorruptException($"{path} has sha256 {digest}, the manifest states {file.Sha256}");
        }
    }

    private static async Task<string> DigestAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new SnapshotCorruptException($"{path} is missing");
        }

        // hashing asks for 4 KiB at a time
        await using var stream = new FileStream(path, new FileStreamOptions { BufferSize = 1 << 20, Options = FileOptions.SequentialScan });
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    private static async Task<T> ReadAsync<T>(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new SnapshotCorruptException($"{path} is missing");
        }

        try
        {
            await using var stream = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<T>(stream, RefluxJson.Options, cancellationToken) ?? throw new SnapshotCorruptException($"{path} is empty");
        }
        catch (JsonException error)
        {
            throw new SnapshotCorruptException($"{path} is not what it should be, at line {error.LineNumber + 1}");
        }
    }
}

/// <summary>What a pull brought.</summary>
/// <param name="Version">The version.</param>
/// <param name="Manifest">Its bill of materials.</param>
/// <param name="BytesDownloaded">Bytes of files that crossed the network; less than the snapshot's size when an older version was there.</param>
public sealed record PullResult(SnapshotVersion Version, SnapshotManifest Manifest, long BytesDownloaded);
