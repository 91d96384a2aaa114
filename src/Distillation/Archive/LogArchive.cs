using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Storage;

namespace Reflux.Distillation.Archive;

/// <summary>What is archived of one log: a directory with sealed segments and <c>segments.jsonl</c>, the list of them. For reading, by anybody at any time.</summary>
internal sealed class LogArchive(string directory, LogId log)
{
    public const string ListFile = "segments.jsonl";
    public const string EndFile = "end.json";
    public const string LockFile = "writer.lock";

    private (long Bytes, DateTime WrittenAt) _list = (-1, default);
    private volatile ArchiveContent _content = ArchiveContent.Empty;

    public string Directory => directory;

    /// <summary>True while somebody writes it: what was read of the log and is not sealed may still come.</summary>
    public bool HasWriter
    {
        get
        {
            var path = Path.Combine(directory, LockFile);
            try
            {
                using var free = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
                return false;
            }
            catch (IOException)
            {
                return File.Exists(path);
            }
        }
    }

    public LogId Log => log;

    /// <summary>What the list said when it was last read.</summary>
    public ArchiveContent Content => _content;

    /// <summary>Reads the list again where it has changed.</summary>
    /// <exception cref="RefluxException">The list is damaged (archive-damaged).</exception>
    public async Task<ArchiveContent> RefreshAsync(CancellationToken cancellationToken)
    {
        var list = Look();
        if (list == _list)
        {
            return _content;
        }

        try
        {
            _content = ArchiveContent.Of(await JsonLines.ReadAsync<ArchiveLine>(Path.Combine(directory, ListFile), cancellationToken));
            _list = list;
            return _content;
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(ListFile, damage);
        }
    }

    /// <summary>Says what the list says now, for its one writer: it needs not read what it has just written.</summary>
    public void Know(ArchiveContent content) => (_content, _list) = (content, Look());

    /// <summary>The end of the log as the broker last told it to the archiver: a later one that nobody recorded is possible. Null where none was recorded.</summary>
    /// <exception cref="RefluxException">It does not read (archive-damaged).</exception>
    public async Task<long?> ReadEndAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, EndFile);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ArchivedEnd>(await File.ReadAllBytesAsync(file, cancellationToken), RefluxJson.Options)?.End;
        }
        catch (JsonException damage)
        {
            throw Damaged(EndFile, damage);
        }
    }

    /// <summary>Opens the segment that holds an offset.</summary>
    /// <exception cref="RefluxException">It is missing or damaged (archive-damaged).</exception>
    public async Task<SegmentReader> OpenAsync(ArchiveSegment segment, long offset, CancellationToken cancellationToken)
    {
        try
        {
            return await SegmentReader.OpenAsync(directory, log, segment, offset, cancellationToken);
        }
        catch (Exception damage) when (damage is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(segment.File, damage);
        }
    }

    private (long Bytes, DateTime WrittenAt) Look() =>
        new FileInfo(Path.Combine(directory, ListFile)) is { Exists: true } file ? (file.Length, file.LastWriteTimeUtc) : (0, default);

    public RefluxException Damaged(string file, Exception damage) => new(
        ErrorCodes.ArchiveDamaged,
        $"{Path.Combine(directory, file)} of the archive of log {log} can't be used: {damage.Message}",
        "Run `reflux archive verify`, and restore the file from a copy.",
        damage);
}
