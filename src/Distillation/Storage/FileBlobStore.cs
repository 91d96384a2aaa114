using System.Security.Cryptography;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Storage;

namespace Reflux.Distillation.Storage;

/// <summary>Content-addressed blobs in a directory: <c>blobs/sha256/aa/aa…</c>. A blob appears under its name only once its bytes are on disk.</summary>
public sealed class FileBlobStore(string root) : IBlobStore
{
    private readonly string _directory = Path.Combine(root, "blobs", "sha256");

    /// <inheritdoc />
    public async Task<BlobDescriptor> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        var temporary = AtomicFile.TemporaryPath(Path.Combine(_directory, "incoming"));
        try
        {
            var (digest, size) = await WriteAsync(temporary, content, cancellationToken);
            var path = PathOf(digest);
            if (File.Exists(path) && new FileInfo(path).Length == size)
            {
                File.Delete(temporary);
            }
            else
            {
                AtomicFile.CreateDirectory(Path.GetDirectoryName(path)!);
                FaultPoint.Reach("blob.publish");
                AtomicFile.Publish(temporary, path);
            }

            return new BlobDescriptor(digest, size);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <inheritdoc />
    public Task<Stream?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        var path = PathOf(sha256);
        Stream? stream = File.Exists(path)
            ? new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, Share = FileShare.Read | FileShare.Delete })
            : null;
        return Task.FromResult(stream);
    }

    /// <inheritdoc />
    public Task<bool> ExistsAsync(string sha256, CancellationToken cancellationToken) => Task.FromResult(File.Exists(PathOf(sha256)));

    private static async Task<(string Digest, long Size)> WriteAsync(string temporary, Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var stream = AtomicFile.Create(temporary);
        var buffer = new byte[1 << 16];
        long size = 0;
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0; size += read)
        {
            hash.AppendData(buffer, 0, read);
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        FaultPoint.Reach("blob.fsync");
        stream.Flush(flushToDisk: true);
        var digest = hash.GetHashAndReset();

        // what will be published under this name is what the disk gives back, not what was handed to it
        stream.Position = 0;
        var readBack = await SHA256.HashDataAsync(stream, cancellationToken);
        if (!digest.AsSpan().SequenceEqual(readBack))
        {
            throw new IOException("a blob read back from disk differs from what was written");
        }

        return (Convert.ToHexStringLower(digest), size);
    }

    private string PathOf(string sha256)
    {
        if (sha256.Length != 64 || sha256.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            throw new RefluxException(ErrorCodes.InvalidRequest, "A blob's name is not a SHA-256.", "Use 64 lower-case hex digits.");
        }

        return Path.Combine(_directory, sha256[..2], sha256);
    }
}
