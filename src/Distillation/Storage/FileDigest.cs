using System.Security.Cryptography;

namespace Reflux.Distillation.Storage;

/// <summary>SHA-256 of files.</summary>
internal static class FileDigest
{
    // hashing asks for 4 KiB at a time
    private const int BufferBytes = 1 << 20;

    /// <summary>A file's digest, 64 lower-case hex digits.</summary>
    /// <exception cref="IOException">It is missing, or can't be read.</exception>
    public static async Task<string> OfAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, new FileStreamOptions { BufferSize = BufferBytes, Options = FileOptions.SequentialScan, Share = FileShare.Read | FileShare.Delete });
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }
}
