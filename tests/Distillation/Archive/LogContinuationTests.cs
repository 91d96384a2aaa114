using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Tests.Archive;

/// <summary>What can be read next where broker and archive do not go on.</summary>
public sealed class LogContinuationTests : IDisposable
{
    private readonly ArchiveSite _site = new();
    private readonly LogId _former;
    private readonly LogId _current;

    public LogContinuationTests()
    {
        _former = _site.Broker.Id;
        _current = _former with { Topic = new Guid("01890a5d-ac96-774b-bcce-0000000000ff") };
    }

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Whoever_has_read_a_log_to_its_recorded_end_misses_nothing_in_the_next()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 3);
        _site.Broker.Replace(_current);

        Assert.Equal(new LogPassage(At(8), new Position(_current, 0), Gap: false), await FindAsync(At(8)));
    }

    [Fact]
    public async Task Whoever_has_not_may_miss_what_was_between()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 8);
        await RecordEndAsync(11);
        _site.Broker.Replace(_current);

        Assert.True((await FindAsync(At(8)))!.Gap);
        Assert.True((await FindAsync(At(10)))!.Gap);
        Assert.False((await FindAsync(At(11)))!.Gap);
    }

    [Fact]
    public async Task Where_no_end_was_recorded_nobody_knows()
    {
        _site.Broker.Replace(_current);

        Assert.Equal(new LogPassage(At(8), new Position(_current, 0), Gap: true), await FindAsync(At(8)));
    }

    [Fact]
    public async Task A_next_log_that_has_lost_its_start_is_a_gap()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 3);
        _site.Broker.Replace(_current);
        _site.Broker.Append(9);
        _site.Broker.DropBefore(5);

        Assert.Equal(new LogPassage(At(8), new Position(_current, 5), Gap: true), await FindAsync(At(8)));
    }

    [Fact]
    public async Task Its_start_may_be_in_the_archive()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 3);
        _site.Broker.Replace(_current);
        await _site.ArchiveAsync(records: 9, perSegment: 4);
        _site.Broker.DropBefore(7);

        Assert.Equal(new LogPassage(At(8), new Position(_current, 0), Gap: false), await FindAsync(At(8)));
    }

    [Fact]
    public async Task Behind_a_hole_of_the_former_log_comes_the_rest_of_it_first()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        _site.Broker.Append(6);
        _site.Broker.DropBefore(10);
        await _site.ArchiveAsync(records: 0, perSegment: 4);
        _site.Broker.Replace(_current);

        Assert.Equal(new LogPassage(At(8), At(10), Gap: true), await FindAsync(At(8)));
    }

    [Fact]
    public async Task Records_that_the_broker_dropped_before_they_were_archived_are_a_gap_in_one_log()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        _site.Broker.Append(6);
        _site.Broker.DropBefore(12);

        Assert.Equal(new LogPassage(At(8), At(12), Gap: true), await FindAsync(At(8)));
    }

    [Fact]
    public async Task Nothing_follows_beyond_the_end_or_on_another_partition_or_without_a_broker()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);

        Assert.Null(await FindAsync(At(9)));
        Assert.Null(await _site.NewReader().FindNextAsync(_former.Partition + 1, At(3), CancellationToken.None));
        Assert.Null(await _site.NewReader(withBroker: false).FindNextAsync(_former.Partition, At(8), CancellationToken.None));
    }

    private Position At(long offset) => new(_former, offset);

    private Task<LogPassage?> FindAsync(Position at) => _site.NewReader().FindNextAsync(_former.Partition, at, CancellationToken.None);

    private async Task RecordEndAsync(long end)
    {
        await using var writer = await Distillation.Archive.LogArchiveWriter.TryOpenAsync(_site.Archive, ArchiveSite.Lane, _site.Options, _site.Time, CancellationToken.None);
        await writer!.RecordEndAsync(end, CancellationToken.None);
        await writer.RecordEndAsync(end - 2, CancellationToken.None);
    }
}
