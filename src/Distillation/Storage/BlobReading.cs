using System.Security.Cryptography;
using Reflux.Contracts.Storage;

namespace Reflux.Distillation.Storage;

/// <summary>Reading blobs with their digest verified.</summary>
public static class BlobReading
{
    /// <summary>A blob's bytes, whose SHA-256 is checked against its name.</summary>
    /// <exception cref="FileNotFoundException">The store has no such blob.</exception>
    /// <exception cref="InvalidDataException">The stored bytes are not those that were named.</exception>
    public static async Task<byte[]> ReadVerifiedAsync(this IBlobStore blobs, string sha256, CancellationToken cancellationToken)
    {
        await using var stream = await blobs.OpenAsync(sha256, cancellationToken) ?? throw new FileNotFoundException($"blob {sha256} is missing");
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken);
        var bytes = memory.ToArray();
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return digest == sha256 ? bytes : throw new InvalidDataException($"blob {sha256} holds other bytes: their digest is {digest}");
    }

    /// <summary>Stores bytes.</summary>
    public static async Task<BlobDescriptor> PutAsync(this IBlobStore blobs, byte[] content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content, writable: false);
        return await blobs.PutAsync(stream, cancellationToken);
    }
}
