using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Distillation.Storage;
using Reflux.Models.Weights;

namespace Reflux.Distillation.Checkpoints;

/// <summary>The files in one checkpoint's directory: safetensors files, the rest, <c>checkpoint.json</c> with everyone's digest, and the digest of that.</summary>
internal static class CheckpointFiles
{
    private const string DocumentFile = "checkpoint.json";
    private const string DigestFile = "checkpoint.sha256";

    /// <summary>Writes and fsyncs them; the directory is there and empty.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async Task WriteAsync(string directory, CheckpointContent content, CancellationToken cancellationToken)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (file, tensors) in content.Tensors)
        {
            var path = Path.Combine(directory, file);
            using var hash = SHA256.Create();
            await using (var stream = AtomicFile.Create(path))
            {
                FaultPoint.Reach("checkpoint.write");
                await using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
                {
                    Safetensors.Write(hashed, tensors, metadata: null);
                }

                FaultPoint.Reach("checkpoint.fsync");
                stream.Flush(flushToDisk: true);
            }

            digests.Add(file, Convert.ToHexStringLower(hash.Hash!));
        }

        foreach (var (file, encode) in content.Files)
        {
            var bytes = encode();
            await WriteFileAsync(Path.Combine(directory, file), bytes, cancellationToken);
            digests.Add(file, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(content.Document with { StateHash = content.StateHash.Value, Files = digests }, RefluxJson.Indented);
        await WriteFileAsync(Path.Combine(directory, DocumentFile), json, cancellationToken);
        await WriteFileAsync(Path.Combine(directory, DigestFile), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json))), cancellationToken);
    }

    /// <summary>The document of a checkpoint whose files all have the digests that it states.</summary>
    /// <exception cref="InvalidDataException">One has not.</exception>
    /// <exception cref="RefluxException">It is of another format (checkpoint-damaged).</exception>
    public static async Task<CheckpointDocument> ReadVerifiedAsync(string directory, CancellationToken cancellationToken)
    {
        var json = await File.ReadAllBytesAsync(Path.Combine(directory, DocumentFile), cancellationToken);
        var expected = await File.ReadAllTextAsync(Path.Combine(directory, DigestFile), cancellationToken);
        Require(Convert.ToHexStringLower(SHA256.HashData(json)) == expected, DocumentFile);
        RequireFormat(json, directory);
        var document = JsonSerializer.Deserialize<CheckpointDocument>(json, RefluxJson.Options) ?? throw new InvalidDataException($"{DocumentFile} is null");
        foreach (var (file, digest) in document.Files)
        {
            Require(await FileDigest.OfAsync(Path.Combine(directory, file), cancellationToken) == digest, file);
        }

        return document;
    }

    /// <summary>What to say where no checkpoint can be used.</summary>
    public static RefluxException Unusable(string what) => new(
        ErrorCodes.CheckpointDamaged,
        what,
        "Restore the directory from a copy, or run the version that wrote it. To train anew from the base and the start of the log, move the student's checkpoints away.");

    private static async Task WriteFileAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        await using var stream = AtomicFile.Create(path);
        await stream.WriteAsync(bytes, cancellationToken);
        FaultPoint.Reach("checkpoint.describe");
        stream.Flush(flushToDisk: true);
    }

    private static void RequireFormat(byte[] json, string directory)
    {
        using var document = JsonDocument.Parse(json);
        var format = document.RootElement.TryGetProperty("formatVersion", out var version) && version.TryGetInt32(out var number) ? number : 0;
        if (format != CheckpointDocument.CurrentFormat)
        {
            throw Unusable($"The checkpoint {directory} is of format {format}; this build reads {CheckpointDocument.CurrentFormat}.");
        }
    }

    private static void Require(bool matches, string file)
    {
        if (!matches)
        {
            throw new InvalidDataException($"{file} does not match its digest");
        }
    }
}
