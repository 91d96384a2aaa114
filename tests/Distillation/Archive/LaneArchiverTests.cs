using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Archive;

namespace Reflux.Distillation.Tests.Archive;

public sealed class LaneArchiverTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ArchiveSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Records_are_archived_in_segments_and_a_stop_seals_the_last()
    {
        await _site.ArchiveAsync(records: 10, perSegment: 4);

        var log = Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));
        Assert.Equal((ArchiveSite.Lane, _site.Broker.Id, 0L, 10L, 3), (log.Lane, log.Log, log.First, log.Next, log.Segments));
        Assert.Empty(log.Problems!);
    }

    [Fact]
    public async Task Only_what_is_sealed_is_published()
    {
        await _site.ArchiveAsync(records: 10, perSegment: 4);

        Assert.Equal([4, 8], _site.Published.Select(position => position.Offset));
    }

    [Fact]
    public async Task The_next_archiver_goes_on_where_the_last_one_sealed_and_says_so()
    {
        await _site.ArchiveAsync(records: 10, perSegment: 4);
        _site.Broker.DropBefore(10);

        await _site.ArchiveAsync(records: 3, perSegment: 4);

        var log = Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));
        Assert.Equal((0, 13), (log.First, log.Next));
        Assert.Empty(log.Problems!);
        Assert.Equal([4, 8, 10], _site.Published.Select(position => position.Offset));
    }

    [Fact]
    public async Task An_open_segment_is_sealed_when_it_is_old()
    {
        _site.Broker.Append(2);
        using var stop = new CancellationTokenSource();
        var running = _site.NewArchiver().RunAsync(stop.Token);
        await _site.Broker.Drained.WaitAsync(Patience);
        Assert.Empty(_site.Published);

        while (_site.Published.Count == 0)
        {
            // the archiver may still be on its way to its timer
            _site.Time.Advance(TimeSpan.FromSeconds(_site.Options.SegmentSeconds));
            await Task.Yield();
        }

        Assert.Equal(2, Assert.Single(_site.Published).Offset);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_log_whose_beginning_is_gone_is_archived_from_what_is_left()
    {
        _site.Broker.Append(7);
        _site.Broker.DropBefore(5);

        await _site.ArchiveAsync(records: 3, perSegment: 100);

        var log = Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));
        Assert.Equal((5, 10), (log.First, log.Next));
        Assert.Empty(log.Problems!);
    }

    [Fact]
    public async Task Records_that_were_lost_before_they_were_archived_are_a_hole_that_verifying_names_and_no_reader_passes()
    {
        await _site.ArchiveAsync(records: 4, perSegment: 4);
        _site.Broker.Append(4);
        _site.Broker.DropBefore(6);

        using var stop = new CancellationTokenSource();
        var running = _site.NewArchiver(4).RunAsync(stop.Token);
        while (!_site.Broker.Drained.IsCompleted)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;

        var log = Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));
        Assert.Equal((0, 8), (log.First, log.Next));
        Assert.Equal((ArchiveProblemKind.Hole, 4L), (Assert.Single(log.Problems!).Kind, log.Problems![0].Offset));
        await using var reader = await _site.NewReader().OpenAsync(_site.Broker.Id.Partition, new Position(_site.Broker.Id, 3), CancellationToken.None);
        Assert.Equal(3, (await reader.ReadAsync(CancellationToken.None)).Position.Offset);
        Assert.Equal(ErrorCodes.LogGap, (await Assert.ThrowsAsync<RefluxException>(async () => await reader.ReadAsync(CancellationToken.None))).Code);
    }

    [Fact]
    public async Task A_broker_that_goes_away_in_the_midst_of_a_segment_costs_only_the_unsealed_records_again()
    {
        _site.Broker.Append(6);
        _site.Broker.Failures.Add(5);
        using var stop = new CancellationTokenSource();
        var running = _site.NewArchiver(4).RunAsync(stop.Token);
        while (!_site.Broker.Drained.IsCompleted)
        {
            _site.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;

        var log = Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));
        Assert.Equal((0, 6, 0), (log.First, log.Next, log.Problems!.Count));
        Assert.Equal(2, _site.Broker.Opened);
    }

    [Fact]
    public async Task What_a_crash_left_is_redone()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        var list = Path.Combine(_site.Archive.Directory, LogArchive.ListFile);
        var lines = await File.ReadAllTextAsync(list);

        // killed after the rename of the second segment, in the midst of its line, with a third one half written
        await File.WriteAllTextAsync(list, lines[..(lines.TrimEnd('\n').LastIndexOf('\n') + 20)]);
        await File.WriteAllTextAsync(Path.Combine(_site.Archive.Directory, ".tmp-dead"), "RFXA");

        await _site.ArchiveAsync(records: 1, perSegment: 100);

        var log = Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));
        Assert.Equal((0, 9, 2), (log.First, log.Next, log.Segments));
        Assert.Empty(log.Problems!);
        Assert.Equal(2, Directory.GetFiles(_site.Archive.Directory, "*.segment").Length);
        Assert.Empty(Directory.GetFiles(_site.Archive.Directory, ".tmp-*"));
    }

    [Fact]
    public async Task A_log_has_one_writer()
    {
        await using (await OpenAsync())
        {
            Assert.Null(await OpenAsync());
        }

        await using var next = await OpenAsync();
        Assert.NotNull(next);

        Task<LogArchiveWriter?> OpenAsync() => LogArchiveWriter.TryOpenAsync(_site.Archive, ArchiveSite.Lane, _site.Options, _site.Time, CancellationToken.None);
    }

    [Fact]
    public async Task Another_incarnation_of_the_topic_has_an_archive_of_its_own()
    {
        await _site.ArchiveAsync(records: 4, perSegment: 4);
        _site.Broker.Id = new LogId(new Guid("01890a5d-ac96-774b-bcce-0000000000ff"), _site.Broker.Id.Partition);

        await _site.ArchiveAsync(records: 0, perSegment: 4);

        var logs = await _site.Inspector.InspectAsync(ArchiveSite.Lane.Name, verify: true, CancellationToken.None);
        Assert.Equal(2, logs.Count);
        Assert.All(logs, log => Assert.Equal((0, 4, 0), (log.First, log.Next, log.Problems!.Count)));
    }

    [Fact]
    public async Task Retention_by_bytes_lets_go_of_the_oldest_segments_and_never_of_the_newest()
    {
        await _site.ArchiveAsync(records: 12, perSegment: 4);
        var bytes = (await _site.Archive.RefreshAsync(CancellationToken.None)).Bytes;
        _site.Options.RetainBytes = bytes - 1;

        await _site.ArchiveAsync(records: 0, perSegment: 4);

        Assert.Equal([4, 8], (await _site.Archive.RefreshAsync(CancellationToken.None)).Segments.Select(segment => segment.Base));
        Assert.Equal(2, Directory.GetFiles(_site.Archive.Directory, "*.segment").Length);
        _site.Options.RetainBytes = 1;
        await _site.ArchiveAsync(records: 0, perSegment: 4);
        Assert.Equal([8], (await _site.Archive.RefreshAsync(CancellationToken.None)).Segments.Select(segment => segment.Base));
        var log = Assert.Single(await _site.Inspector.InspectAsync(lane: null, verify: true, CancellationToken.None));
        Assert.Equal((8, 12, 8, 0), (log.First, log.Next, log.RemovedBefore, log.Problems!.Count));
    }

    [Fact]
    public async Task Retention_goes_on_where_nothing_is_appended_any_more()
    {
        await _site.ArchiveAsync(records: 12, perSegment: 4);
        _site.Options.RetainDays = 0.001;
        using var stop = new CancellationTokenSource();
        var running = _site.NewArchiver().RunAsync(stop.Token);
        while ((await _site.Archive.RefreshAsync(CancellationToken.None)).Segments.Count > 1)
        {
            _site.Time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal(8, (await _site.Archive.RefreshAsync(CancellationToken.None)).First);
    }

    [Fact]
    public async Task The_logs_end_is_recorded_beyond_what_is_sealed()
    {
        _site.Broker.Append(6);
        using var stop = new CancellationTokenSource();
        var running = _site.NewArchiver(mostRecords: 4).RunAsync(stop.Token);
        while (await _site.Archive.ReadEndAsync(CancellationToken.None) != 6)
        {
            _site.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal(6, await _site.Archive.ReadEndAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_log_that_another_one_replaces_is_left_with_its_own_end_and_all_that_was_read_of_it()
    {
        var former = _site.Archive;
        _site.Broker.Append(3);
        using var stop = new CancellationTokenSource();
        var running = _site.NewArchiver().RunAsync(stop.Token);
        await _site.Broker.Drained.WaitAsync(Patience);
        while (await former.ReadEndAsync(CancellationToken.None) != 3)
        {
            await Task.Yield();
        }

        Assert.True(former.HasWriter);
        await using var reader = new ArchivedLabelLog(_site.Broker, former, former.Log.Partition, new Position(former.Log, 0), archiveFirst: true);
        _site.Broker.Replace(former.Log with { Topic = new Guid("01890a5d-ac96-774b-bcce-0000000000ff") }, records: 5);

        // its records are with the archiver and nowhere else: neither lost nor a gap yet
        await Assert.ThrowsAsync<IOException>(() => reader.OpenAsync(CancellationToken.None));
        while (former.HasWriter)
        {
            _site.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await reader.OpenAsync(CancellationToken.None);
        Assert.Equal([0, 1, 2], await ArchiveSite.ReadAsync(reader, 3));
        Assert.Equal(3, await former.ReadEndAsync(CancellationToken.None));
        while (await _site.Archive.ReadEndAsync(CancellationToken.None) != 5)
        {
            _site.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task What_was_read_is_sealed_when_the_log_refuses_to_go_on()
    {
        _site.Broker.Append(3);
        using var stop = new CancellationTokenSource();
        var running = _site.NewArchiver().RunAsync(stop.Token);
        await _site.Broker.Drained.WaitAsync(Patience);

        _site.Broker.DropBefore(5);
        _site.Broker.Append(5);
        while ((await _site.Archive.RefreshAsync(CancellationToken.None)).End is null)
        {
            await Task.Yield();
        }

        Assert.Equal(3, (await _site.Archive.RefreshAsync(CancellationToken.None)).End);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Retention_by_age_lets_go_of_what_is_old()
    {
        await _site.ArchiveAsync(records: 4, perSegment: 4);
        _site.Time.Advance(TimeSpan.FromDays(2));
        await _site.ArchiveAsync(records: 4, perSegment: 4);
        _site.Options.RetainDays = 1;

        await _site.ArchiveAsync(records: 0, perSegment: 4);

        Assert.Equal([4], (await _site.Archive.RefreshAsync(CancellationToken.None)).Segments.Select(segment => segment.Base));
    }
}
