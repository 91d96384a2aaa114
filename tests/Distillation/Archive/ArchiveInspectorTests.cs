using Reflux.Distillation.Archive;

namespace Reflux.Distillation.Tests.Archive;

public sealed class ArchiveInspectorTests : IDisposable
{
    private readonly ArchiveSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Nothing_archived_is_an_empty_list() => Assert.Empty(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));

    [Fact]
    public async Task Lanes_are_found_by_name_and_by_id()
    {
        await _site.ArchiveAsync(records: 3, perSegment: 2);

        Assert.Single(await _site.Inspector.InspectAsync(ArchiveSite.Lane.Name, verify: false, CancellationToken.None));
        Assert.Single(await _site.Inspector.InspectAsync(ArchiveSite.Lane.Id.ToString(), verify: false, CancellationToken.None));
        Assert.Empty(await _site.Inspector.InspectAsync("other", verify: false, CancellationToken.None));
    }

    [Fact]
    public async Task A_flipped_byte_in_a_record_is_named_with_its_offset()
    {
        await _site.ArchiveAsync(records: 6, perSegment: 3);
        var file = _site.FileOf(1);
        var bytes = await File.ReadAllBytesAsync(file);
        var second = SegmentFormat.HeaderSize + SegmentFormat.RecordHeadSize + ArchiveSite.Value(3).Length + SegmentFormat.ChecksumSize;
        bytes[second + SegmentFormat.RecordHeadSize + 5] ^= 0x10;
        await File.WriteAllBytesAsync(file, bytes);

        var problem = await ProblemAsync();

        Assert.Equal((ArchiveProblemKind.Damaged, Path.GetFileName(file), 4L), (problem.Kind, problem.File, problem.Offset));
    }

    [Fact]
    public async Task A_whole_segment_that_is_not_the_one_that_was_sealed_is_found()
    {
        await _site.ArchiveAsync(records: 3, perSegment: 3);
        var list = Path.Combine(_site.Archive.Directory, LogArchive.ListFile);
        var segment = Assert.Single((await _site.Archive.RefreshAsync(CancellationToken.None)).Segments);
        await File.WriteAllTextAsync(list, (await File.ReadAllTextAsync(list)).Replace(segment.Sha256, new string('0', 64), StringComparison.Ordinal));

        Assert.Equal((ArchiveProblemKind.Damaged, segment.File), (await ProblemAsync() is var problem ? (problem.Kind, problem.File) : default));
    }

    [Fact]
    public async Task A_missing_segment_is_named()
    {
        await _site.ArchiveAsync(records: 6, perSegment: 3);
        var file = _site.FileOf(0);
        File.Delete(file);

        var problem = await ProblemAsync();

        Assert.Equal((ArchiveProblemKind.MissingSegment, Path.GetFileName(file), 0L), (problem.Kind, problem.File, problem.Offset));
    }

    [Fact]
    public async Task What_retention_lets_go_of_meanwhile_is_no_damage_and_what_is_missing_besides_is()
    {
        await _site.ArchiveAsync(records: 12, perSegment: 4);
        var archive = _site.Archive;
        var before = await archive.RefreshAsync(CancellationToken.None);
        var kept = _site.FileOf(2);
        _site.Options.RetainBytes = before.Bytes - 1;
        await _site.ArchiveAsync(records: 0, perSegment: 4);
        Assert.Equal(2, Directory.GetFiles(archive.Directory, "*.segment").Length);

        Assert.Empty(await ArchiveInspector.VerifyAsync(archive, before, CancellationToken.None));

        File.Delete(kept);
        var missing = Assert.Single(await ArchiveInspector.VerifyAsync(archive, before, CancellationToken.None));
        Assert.Equal((ArchiveProblemKind.MissingSegment, Path.GetFileName(kept), 8L), (missing.Kind, missing.File, missing.Offset));
    }

    [Fact]
    public async Task A_hole_in_the_offsets_is_named()
    {
        await _site.ArchiveAsync(records: 9, perSegment: 3);
        var list = Path.Combine(_site.Archive.Directory, LogArchive.ListFile);
        var lines = await File.ReadAllLinesAsync(list);
        await File.WriteAllTextAsync(list, string.Concat(lines.Where((_, i) => i != 2).Select(line => line + "\n")));

        var problem = await ProblemAsync();

        Assert.Equal((ArchiveProblemKind.Hole, 3L), (problem.Kind, problem.Offset));
    }

    [Fact]
    public async Task A_damaged_list_is_named()
    {
        await _site.ArchiveAsync(records: 3, perSegment: 3);
        var list = Path.Combine(_site.Archive.Directory, LogArchive.ListFile);
        await File.WriteAllTextAsync(list, "{]\n" + await File.ReadAllTextAsync(list));

        Assert.Equal((ArchiveProblemKind.Damaged, LogArchive.ListFile), (await ProblemAsync() is var problem ? (problem.Kind, problem.File) : default));
    }

    private async Task<ArchiveProblem> ProblemAsync() =>
        Assert.Single(Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None)).Problems!);
}
