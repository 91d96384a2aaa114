using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Storage;

namespace Reflux.Distillation.Archive;

/// <summary>
/// The one writer of a log's archive: holds a lock on its directory (an OS file lock, released however the process ends) until disposed. What a former one left
/// unsealed is gone.
/// </summary>
internal sealed class LogArchiveWriter : IAsyncDisposable
{
    private readonly LogArchive _archive;
    private readonly ArchiveOptions _options;
    private readonly TimeProvider _time;
    private readonly FileStream _lock;
    private SegmentWriter? _open;
    private long _end;
    private long? _passedTo;

    private LogArchiveWriter(LogArchive archive, ArchiveOptions options, TimeProvider time, FileStream @lock) =>
        (_archive, _options, _time, _lock) = (archive, options, time, @lock);

    /// <summary>The next offset to append; null where nothing was ever archived.</summary>
    public long? Next => _open is { } open ? open.Base + open.Records : _passedTo ?? _archive.Content.End;

    /// <summary>Records that are appended and not sealed.</summary>
    public int UnsealedRecords => _open?.Records ?? 0;

    /// <summary>Their bytes.</summary>
    public long UnsealedBytes => _open?.Size ?? 0;

    /// <summary>Takes the log's archive for writing; null where another process writes it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async Task<LogArchiveWriter?> TryOpenAsync(LogArchive archive, ArchivedLane lane, ArchiveOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        AtomicFile.CreateDirectory(archive.Directory);
        if (TryLock(Path.Combine(archive.Directory, LogArchive.LockFile)) is not { } taken)
        {
            return null;
        }

        var writer = new LogArchiveWriter(archive, options, time, taken);
        try
        {
            foreach (var leftover in Directory.EnumerateFiles(archive.Directory, $"{AtomicFile.TemporaryPrefix}*"))
            {
                File.Delete(leftover);
            }

            if ((await archive.RefreshAsync(cancellationToken)).Lane is null)
            {
                await writer.ListAsync(new ArchiveLine { Lane = lane }, cancellationToken);
            }

            writer._end = await archive.ReadEndAsync(cancellationToken) ?? -1;
            await writer.RetainAsync(cancellationToken);
            return writer;
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds the record of <see cref="Next"/>, or the first of all.</summary>
    public async Task AppendAsync(Position position, ReadOnlyMemory<byte> value)
    {
        if (position.Log != _archive.Log || (Next is { } next && position.Offset != next))
        {
            throw new ArgumentException($"the record at {position} does not follow on {_archive.Log}@{Next}", nameof(position));
        }

        _open ??= await SegmentWriter.CreateAsync(_archive.Directory, position);
        await _open.AppendAsync(value);
    }

    /// <summary>Goes on at a later offset, since nobody has the records before it any more: a hole that readers refuse to pass and that verifying reports.</summary>
    public void PassTo(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(UnsealedRecords, 0, nameof(offset));
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, Next ?? 0);
        _passedTo = offset;
    }

    /// <summary>Makes what was appended durable and visible, then lets go of what retention does not keep.</summary>
    /// <returns>The next offset: everything before it is archived.</returns>
    public async Task<Position> SealAsync()
    {
        if (_open is { Records: > 0 } open)
        {
            var segment = await open.SealAsync(_time.GetUtcNow());
            FaultPoint.Reach("segment.list");
            await ListAsync(new ArchiveLine { Sealed = segment }, CancellationToken.None);
            FaultPoint.Reach("segment.listed");
            await open.DisposeAsync();
            (_open, _passedTo) = (null, null);
            await RetainAsync(CancellationToken.None);
        }

        return new Position(_archive.Log, _archive.Content.End ?? throw new InvalidOperationException("nothing was ever appended"));
    }

    /// <summary>Records where the log ends now, durably: whoever finds another log in its place learns whether it had read this one to its end.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task RecordEndAsync(long end, CancellationToken cancellationToken)
    {
        if (end > _end)
        {
            await AtomicFile.WriteAsync(Path.Combine(_archive.Directory, LogArchive.EndFile), JsonSerializer.SerializeToUtf8Bytes(new ArchivedEnd(end), RefluxJson.Options), cancellationToken);
            _end = end;
        }
    }

    /// <summary>Gives the archive up; what is not sealed goes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await (_open?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        finally
        {
            await _lock.DisposeAsync();
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>
    /// Lets go of the oldest segments as far as the options say. The list forgets first, so that no reader looks for a file that is gone, and is written anew: it never grows beyond what
    /// is held. The newest segment stays: it says where the archive ends.
    /// </summary>
    public async Task RetainAsync(CancellationToken cancellationToken)
    {
        var content = _archive.Content;
        var bytes = content.Bytes;
        var now = _time.GetUtcNow();
        var doomed = content.Segments.SkipLast(1).TakeWhile(segment =>
        {
            var goes = (_options.RetainBytes > 0 && bytes > _options.RetainBytes) || (_options.RetainDays > 0 && now - segment.SealedAt > TimeSpan.FromDays(_options.RetainDays));
            bytes -= segment.Bytes;
            return goes;
        }).ToList();
        if (doomed.Count > 0)
        {
            await WriteListAsync(content.With(new ArchiveLine { RemovedBefore = doomed[^1].End }), cancellationToken);
        }

        // also those that a crash spared after they were taken off the list
        foreach (var file in Directory.EnumerateFiles(_archive.Directory, "*.segment").Where(file => string.CompareOrdinal(Path.GetFileName(file), $"{_archive.Content.First ?? 0:D20}") < 0))
        {
            File.Delete(file);
        }
    }

    private async Task ListAsync(ArchiveLine line, CancellationToken cancellationToken)
    {
        await JsonLines.AppendAsync(Path.Combine(_archive.Directory, LogArchive.ListFile), [line], cancellationToken);
        _archive.Know(_archive.Content.With(line));
    }

    private async Task WriteListAsync(ArchiveContent content, CancellationToken cancellationToken)
    {
        await JsonLines.WriteAsync(Path.Combine(_archive.Directory, LogArchive.ListFile), content.Lines(), cancellationToken);
        _archive.Know(content);
    }
}
