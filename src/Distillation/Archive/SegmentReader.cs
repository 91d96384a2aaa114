using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Archive;

/// <summary>Reads a sealed segment's records in order, each checked. An error leaves it of no more use.</summary>
internal sealed class SegmentReader : IAsyncDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly FileStream _stream;
    private readonly LogId _log;
    private readonly long _end;
    private readonly byte[] _head = new byte[SegmentFormat.RecordHeadSize];

    private SegmentReader(FileStream stream, LogId log, ArchiveSegment segment) => (_stream, _log, _end) = (stream, log, segment.End);

    /// <summary>The offset of the next record.</summary>
    public long Next { get; private set; }

    public bool AtEnd => Next == _end;

    /// <summary>Opens a segment at an offset that it holds.</summary>
    /// <exception cref="FileNotFoundException">Its file is missing.</exception>
    /// <exception cref="InvalidDataException">Header, index or size are not those of the segment.</exception>
    public static async Task<SegmentReader> OpenAsync(string directory, LogId log, ArchiveSegment segment, long offset, CancellationToken cancellationToken)
    {
        var stream = new FileStream(
            Path.Combine(directory, segment.File),
            new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = BufferBytes, Share = FileShare.Read | FileShare.Delete });
        var reader = new SegmentReader(stream, log, segment);
        try
        {
            await reader.SeekAsync(segment, offset, cancellationToken);
            return reader;
        }
        catch (EndOfStreamException cut)
        {
            await stream.DisposeAsync();
            throw new InvalidDataException("the file ends too early", cut);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _stream.ReadExactlyAsync(_head, cancellationToken);
            var length = SegmentFormat.ReadRecordHead(_head, Next);
            var bytes = new byte[SegmentFormat.RecordHeadSize + length + SegmentFormat.ChecksumSize];
            _head.CopyTo(bytes, 0);
            await _stream.ReadExactlyAsync(bytes.AsMemory(SegmentFormat.RecordHeadSize), cancellationToken);
            SegmentFormat.CheckRecord(bytes, Next);
            return new LabelLogRecord(new Position(_log, Next++), bytes.AsMemory(SegmentFormat.RecordHeadSize, length));
        }
        catch (EndOfStreamException cut)
        {
            throw new InvalidDataException($"the file ends inside the record at offset {Next}", cut);
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task SeekAsync(ArchiveSegment segment, long offset, CancellationToken cancellationToken)
    {
        if (_stream.Length != segment.Bytes)
        {
            throw new InvalidDataException($"the file has {_stream.Length} bytes instead of {segment.Bytes}");
        }

        var header = new byte[SegmentFormat.HeaderSize];
        await _stream.ReadExactlyAsync(header, cancellationToken);
        SegmentFormat.CheckHeader(header, _log, segment.Base);

        var trailer = new byte[SegmentFormat.TrailerSize];
        _stream.Position = Math.Max(0, segment.Bytes - trailer.Length);
        await _stream.ReadExactlyAsync(trailer, cancellationToken);
        var indexAt = SegmentFormat.ReadTrailer(trailer, segment.Bytes, segment.End - segment.Base);
        var footer = new byte[segment.Bytes - indexAt];
        _stream.Position = indexAt;
        await _stream.ReadExactlyAsync(footer, cancellationToken);
        _stream.Position = SegmentFormat.ReadIndex(footer)[offset - segment.Base];
        Next = offset;
    }
}
