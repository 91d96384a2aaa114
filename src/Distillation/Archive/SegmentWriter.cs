using System.Security.Cryptography;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Storage;

namespace Reflux.Distillation.Archive;

/// <summary>One segment on its way: a temporary file that becomes visible, whole and durable, by <see cref="SealAsync"/>, or goes.</summary>
internal sealed class SegmentWriter : IAsyncDisposable
{
    private readonly string _directory;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<long> _positions = [];
    private long _size;

    private SegmentWriter(string directory, long first)
    {
        (_directory, Base) = (directory, first);
        _temporary = AtomicFile.TemporaryPath(Path.Combine(directory, FileName(first)));
        _stream = AtomicFile.Create(_temporary);
    }

    /// <summary>Offset of the first record.</summary>
    public long Base { get; }

    public int Records => _positions.Count;

    /// <summary>Bytes so far.</summary>
    public long Size => _size;

    private long End => Base + _positions.Count;

    public static async Task<SegmentWriter> CreateAsync(string directory, Position first)
    {
        var writer = new SegmentWriter(directory, first.Offset);
        try
        {
            await writer.WriteAsync(SegmentFormat.Header(first.Log, first.Offset));
            return writer;
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds the record of the next offset.</summary>
    /// <exception cref="IOException">The disk refuses; the segment is of no more use.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> value)
    {
        var position = _size;
        FaultPoint.Reach("segment.write");
        await WriteAsync(SegmentFormat.Record(End, value.Span));
        _positions.Add(position);
    }

    /// <summary>Finishes the file and makes it durable under its name.</summary>
    /// <exception cref="IOException">The disk refuses; nothing is visible.</exception>
    public async Task<ArchiveSegment> SealAsync(DateTimeOffset now)
    {
        await WriteAsync(SegmentFormat.Footer(_positions, _size));
        FaultPoint.Reach("segment.fsync");
        _stream.Flush(flushToDisk: true);
        await _stream.DisposeAsync();
        var name = FileName(Base);
        FaultPoint.Reach("segment.publish");
        AtomicFile.Publish(_temporary, Path.Combine(_directory, name));
        return new ArchiveSegment(name, Base, End, _size, Convert.ToHexStringLower(_hash.GetHashAndReset()), now);
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        try
        {
            // a full disk may refuse the last bytes once more
            await _stream.DisposeAsync();
        }
        finally
        {
            File.Delete(_temporary);
        }
    }

    private static string FileName(long first) => $"{first:D20}.segment";

    // not to be cancelled: half a record, or half a footer, would be a damaged segment
    private async Task WriteAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        _hash.AppendData(bytes);
        _size += bytes.Length;
    }
}
