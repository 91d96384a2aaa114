using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Distillation.Archive;

namespace Reflux.Distillation.Tests.Archive;

/// <summary>Retention where no archiver seals anything any more.</summary>
public sealed class ArchiveRetentionTests : IDisposable
{
    private readonly ArchiveSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Old_segments_of_a_log_that_nobody_tails_go_but_for_the_newest()
    {
        await _site.ArchiveAsync(records: 12, perSegment: 4);
        _site.Time.Advance(TimeSpan.FromDays(2));
        _site.Options.RetainDays = 3;
        await SweepAsync();
        Assert.Equal(3, (await ContentAsync()).Segments.Count);

        _site.Time.Advance(TimeSpan.FromDays(2));
        await SweepAsync();

        var content = await ContentAsync();
        Assert.Equal((8, 12, 8), (content.First, content.End, content.RemovedBefore));
        Assert.Single(Directory.GetFiles(_site.Archive.Directory, "*.segment"));
        Assert.Empty(Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None)).Problems!);
    }

    [Fact]
    public async Task Earlier_logs_of_a_lane_get_what_its_newest_leaves_of_its_bytes()
    {
        await _site.ArchiveAsync(records: 12, perSegment: 4);
        var former = _site.Archive;
        _site.Time.Advance(TimeSpan.FromHours(1));
        _site.Broker.Replace(_site.Broker.Id with { Topic = new Guid("01890a5d-ac96-774b-bcce-0000000000ff") });
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        var newest = (await ContentAsync()).Bytes;
        var segments = (await former.RefreshAsync(CancellationToken.None)).Segments;

        _site.Options.RetainBytes = newest + segments[^1].Bytes + segments[^2].Bytes;
        await SweepAsync();

        Assert.Equal(8, (await ContentAsync()).Segments.Sum(segment => segment.End - segment.Base));
        Assert.Equal(4, (await former.RefreshAsync(CancellationToken.None)).First);
    }

    [Fact]
    public async Task A_log_that_an_archiver_has_is_left_to_it()
    {
        await _site.ArchiveAsync(records: 12, perSegment: 4);
        await using var writer = await LogArchiveWriter.TryOpenAsync(_site.Archive, ArchiveSite.Lane, new ArchiveOptions(), _site.Time, CancellationToken.None);
        _site.Options.RetainBytes = 1;

        await SweepAsync();

        Assert.Equal(3, (await ContentAsync()).Segments.Count);
    }

    [Fact]
    public async Task The_list_says_no_more_than_what_is_held_and_readers_notice_it()
    {
        var reader = _site.Archive;
        await _site.ArchiveAsync(records: 40, perSegment: 4);
        Assert.Equal(10, (await reader.RefreshAsync(CancellationToken.None)).Segments.Count);
        _site.Options.RetainBytes = 1;

        await SweepAsync();

        // the lane, what was removed, and one segment
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(reader.Directory, LogArchive.ListFile))).Length);
        Assert.Equal((36, 36), ((await reader.RefreshAsync(CancellationToken.None)).First, reader.Content.RemovedBefore));
        Assert.Equal(ArchiveSite.Lane, reader.Content.Lane);
    }

    private async Task<ArchiveContent> ContentAsync() => await _site.Archive.RefreshAsync(CancellationToken.None);

    private Task SweepAsync() => new ArchiveRetention(_site.Store, _site.Options, _site.Time, NullLogger<ArchiveRetention>.Instance).SweepAsync(CancellationToken.None);
}
