using Reflux.Contracts.Errors;
using Reflux.Distillation.Storage;

namespace Reflux.Distillation.Archive;

/// <summary>Says what is archived and whether all of it can be read. Needs the files only: no silo, no broker.</summary>
/// <param name="store">The archives.</param>
public sealed class ArchiveInspector(ArchiveStore store)
{
    /// <summary>What is archived.</summary>
    /// <param name="lane">Name or id of a lane; null for all.</param>
    /// <param name="verify">Also reads every byte and reports what is missing or damaged.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ArchivedLog>> InspectAsync(string? lane, bool verify, CancellationToken cancellationToken)
    {
        var logs = new List<ArchivedLog>();
        foreach (var archive in store.Logs())
        {
            var (content, problems) = await ReadAsync(archive, cancellationToken);
            if (lane is not null && content.Lane?.Name != lane && content.Lane?.Id.ToString() != lane)
            {
                continue;
            }

            if (verify)
            {
                problems.AddRange(await VerifyAsync(archive, content, cancellationToken));
            }

            logs.Add(new ArchivedLog(
                content.Lane, archive.Log, content.First, content.End, content.Segments.Count, content.Bytes, content.RemovedBefore, verify || problems.Count > 0 ? problems : null));
        }

        return logs;
    }

    /// <summary>What is wrong with what the list said. What retention has let go of since is no damage.</summary>
    internal static async Task<IReadOnlyList<ArchiveProblem>> VerifyAsync(LogArchive archive, ArchiveContent content, CancellationToken cancellationToken)
    {
        var problems = Holes(content).ToList();
        foreach (var segment in content.Segments)
        {
            if (await FindProblemAsync(archive, segment, cancellationToken) is { } problem && (await archive.RefreshAsync(cancellationToken)).Segments.Contains(segment))
            {
                problems.Add(problem);
            }
        }

        return problems;
    }

    private static async Task<(ArchiveContent Content, List<ArchiveProblem> Problems)> ReadAsync(LogArchive archive, CancellationToken cancellationToken)
    {
        try
        {
            return (await archive.RefreshAsync(cancellationToken), []);
        }
        catch (RefluxException damage) when (damage.Code == ErrorCodes.ArchiveDamaged)
        {
            return (ArchiveContent.Empty, [new ArchiveProblem(ArchiveProblemKind.Damaged, LogArchive.ListFile, null, damage.Message)]);
        }
    }

    private static IEnumerable<ArchiveProblem> Holes(ArchiveContent content)
    {
        var expected = content.RemovedBefore > 0 ? content.RemovedBefore : content.First ?? 0;
        foreach (var segment in content.Segments)
        {
            if (segment.Base != expected)
            {
                yield return new ArchiveProblem(
                    ArchiveProblemKind.Hole, null, Math.Min(expected, segment.Base), $"{segment.File} begins at offset {segment.Base} where {expected} was to come");
            }

            expected = segment.End;
        }
    }

    private static async Task<ArchiveProblem?> FindProblemAsync(LogArchive archive, ArchiveSegment segment, CancellationToken cancellationToken)
    {
        try
        {
            if (await FirstDamageAsync(archive, segment, cancellationToken) is { } damage)
            {
                return damage;
            }

            var digest = await FileDigest.OfAsync(Path.Combine(archive.Directory, segment.File), cancellationToken);
            return digest == segment.Sha256
                ? null
                : new ArchiveProblem(ArchiveProblemKind.Damaged, segment.File, null, $"{segment.File} has SHA-256 {digest} instead of {segment.Sha256}, although every record reads");
        }
        catch (FileNotFoundException)
        {
            return new ArchiveProblem(ArchiveProblemKind.MissingSegment, segment.File, segment.Base, $"{segment.File} is missing: offsets {segment.Base} to {segment.End - 1}");
        }
    }

    private static async Task<ArchiveProblem?> FirstDamageAsync(LogArchive archive, ArchiveSegment segment, CancellationToken cancellationToken)
    {
        var next = segment.Base;
        try
        {
            await using var reader = await SegmentReader.OpenAsync(archive.Directory, archive.Log, segment, segment.Base, cancellationToken);
            while (!reader.AtEnd)
            {
                next = reader.Next;
                await reader.ReadAsync(cancellationToken);
            }

            return null;
        }
        catch (InvalidDataException damage)
        {
            return new ArchiveProblem(ArchiveProblemKind.Damaged, segment.File, next, $"{segment.File}: {damage.Message}");
        }
    }
}
