using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Storage;

namespace Reflux.Distillation.Archive;

/// <summary>What is archived of one log: a directory with sealed segments and <c>segments.jsonl</c>, the list of them. For reading, by anybody at any time.</summary>
internal sealed class LogArchive(string directory, LogId log)
{
    public const string ListFile = "segments.jsonl";

    private long _listBytes = -1;
    private volatile ArchiveContent _content = ArchiveContent.Empty;

    public string Directory => directory;

    public LogId Log => log;

    /// <summary>What the list said when it was last read.</summary>
    public ArchiveContent Content => _content;

    /// <summary>Reads the list again where it has changed.</summary>
    /// <exception cref="RefluxException">The list is damaged (archive-damaged).</exception>
    public async Task<ArchiveContent> RefreshAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(directory, ListFile));
        var bytes = file.Exists ? file.Length : 0;
        if (bytes == _listBytes)
        {
            return _content;
        }

        try
        {
            _content = ArchiveContent.Of(await JsonLines.ReadAsync<ArchiveLine>(file.FullName, cancellationToken));
            _listBytes = bytes;
            return _content;
        }
        catch (InvalidDataException damage)
        {
            throw Damaged(ListFile, damage);
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

    public RefluxException Damaged(string file, Exception damage) => new(
        ErrorCodes.ArchiveDamaged,
        $"{Path.Combine(directory, file)} of the archive of log {log} can't be used: {damage.Message}",
        "Run `reflux archive verify`, and restore the file from a copy.",
        damage);
}
