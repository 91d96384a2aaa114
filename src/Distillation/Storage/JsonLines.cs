using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Faults;

namespace Reflux.Distillation.Storage;

/// <summary>
/// An append-only file of one JSON document a line, for one writer at a time. A line counts once its line feed is on disk: what a crash left behind
/// the last one is cut off by the next append and never read.
/// </summary>
public static class JsonLines
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>Appends documents and returns when they are on disk.</summary>
    /// <exception cref="IOException">The disk refuses; the lines before are untouched.</exception>
    public static async Task AppendAsync<T>(string path, IEnumerable<T> documents, CancellationToken cancellationToken)
    {
        AtomicFile.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var created = !File.Exists(path);
        await using (var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, Options = FileOptions.Asynchronous }))
        {
            stream.SetLength(await EndAsync(stream, cancellationToken));
            stream.Seek(0, SeekOrigin.End);
            FaultPoint.Reach("lines.write");
            await stream.WriteAsync(Encode(documents), cancellationToken);
            FaultPoint.Reach("lines.fsync");
            stream.Flush(flushToDisk: true);
            FaultPoint.Reach("lines.written");
        }

        if (created)
        {
            DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    /// <summary>Writes a file anew, in the place of what was there.</summary>
    /// <exception cref="IOException">The disk refuses; the lines before are untouched.</exception>
    public static Task WriteAsync<T>(string path, IEnumerable<T> documents, CancellationToken cancellationToken) => AtomicFile.WriteAsync(path, Encode(documents), cancellationToken);

    /// <summary>Every whole line; none where there is no file.</summary>
    /// <exception cref="InvalidDataException">A line before the end is no such document.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(string path, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }

        var documents = new List<T>();
        for (var start = 0; Array.IndexOf(bytes, LineFeed, start) is var end and >= 0; start = end + 1)
        {
            try
            {
                documents.Add(JsonSerializer.Deserialize<T>(bytes.AsSpan(start, end - start), RefluxJson.Options) ?? throw new JsonException("it is null"));
            }
            catch (JsonException error)
            {
                throw new InvalidDataException($"line {documents.Count + 1} of {path} does not read: {error.Message}", error);
            }
        }

        return documents;
    }

    private static ReadOnlyMemory<byte> Encode<T>(IEnumerable<T> documents)
    {
        using var memory = new MemoryStream();
        foreach (var document in documents)
        {
            JsonSerializer.Serialize(memory, document, RefluxJson.Options);
            memory.WriteByte(LineFeed);
        }

        return memory.ToArray();
    }

    /// <summary>Where the last whole line ends.</summary>
    private static async Task<long> EndAsync(FileStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 12];
        for (var end = stream.Length; end > 0;)
        {
            var start = Math.Max(0, end - buffer.Length);
            var part = buffer.AsMemory(0, (int)(end - start));
            stream.Position = start;
            await stream.ReadExactlyAsync(part, cancellationToken);
            if (part.Span.LastIndexOf(LineFeed) is var last and >= 0)
            {
                return start + last + 1;
            }

            end = start;
        }

        return 0;
    }
}
