using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Archive;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Archive;

public sealed class ArchivedLabelLogTests : IDisposable
{
    private readonly ArchiveSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task A_log_that_another_one_replaces_while_it_is_read_is_read_on_from_its_archive()
    {
        await _site.ArchiveAsync(records: 4, perSegment: 2);
        var former = _site.Broker.Id;
        await using var log = await _site.NewReader().OpenAsync(former.Partition, new Position(former, 0), CancellationToken.None);
        Assert.Equal([0, 1], await ArchiveSite.ReadAsync(log, 2));

        _site.Broker.Replace(former with { Topic = new Guid("01890a5d-ac96-774b-bcce-0000000000ff") }, records: 9);

        Assert.Equal([2, 3], await ArchiveSite.ReadAsync(log, 2));
        var end = await Assert.ThrowsAsync<RefluxException>(async () => await log.ReadAsync(CancellationToken.None));
        Assert.Equal(ErrorCodes.PositionForeignLog, end.Code);
    }

    [Fact]
    public async Task What_the_broker_dropped_comes_from_the_archive_and_the_rest_from_the_broker_each_offset_once()
    {
        await _site.ArchiveAsync(records: 20, perSegment: 6);
        _site.Broker.Append(5);
        _site.Broker.DropBefore(17);

        await using var log = await OpenAsync(0);

        Assert.Equal(Offsets(0, 25), await ArchiveSite.ReadAsync(log, 25));
        Assert.Equal(25, await log.EndAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(19)]
    [InlineData(20)]
    public async Task It_begins_anywhere(int from)
    {
        await _site.ArchiveAsync(records: 20, perSegment: 6);
        _site.Broker.Append(5);
        _site.Broker.DropBefore(18);

        await using var log = await OpenAsync(from);

        Assert.Equal(Offsets(from, 25 - from), await ArchiveSite.ReadAsync(log, 25 - from));
    }

    [Fact]
    public async Task The_start_of_the_log_is_that_of_its_archive()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 3);
        _site.Broker.DropBefore(7);

        await using var log = await _site.NewReader().OpenAsync(_site.Broker.Id.Partition, from: null, CancellationToken.None);

        Assert.Equal(Offsets(0, 8), await ArchiveSite.ReadAsync(log, 8));
    }

    [Fact]
    public async Task Without_an_archive_it_is_the_brokers()
    {
        _site.Broker.Append(8);
        _site.Broker.DropBefore(5);

        await using var log = await _site.NewReader().OpenAsync(_site.Broker.Id.Partition, from: null, CancellationToken.None);

        Assert.Equal(Offsets(5, 3), await ArchiveSite.ReadAsync(log, 3));
    }

    [Fact]
    public async Task A_reader_that_the_broker_leaves_behind_goes_on_in_the_archive_and_comes_back()
    {
        _site.Broker.Append(4);
        await using var log = await OpenAsync(0);
        Assert.Equal(Offsets(0, 3), await ArchiveSite.ReadAsync(log, 3));

        await _site.ArchiveAsync(records: 10, perSegment: 4);
        _site.Broker.DropBefore(12);
        Assert.Equal(Offsets(3, 9), await ArchiveSite.ReadAsync(log, 9));

        _site.Broker.Append(20);
        Assert.Equal(Offsets(12, 22), await ArchiveSite.ReadAsync(log, 22));
    }

    [Fact]
    public async Task Records_that_neither_has_are_an_error_when_it_is_opened()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        _site.Broker.Append(8);
        _site.Broker.DropBefore(10);

        var gap = await Assert.ThrowsAsync<RefluxException>(() => OpenAsync(8));

        Assert.Equal(ErrorCodes.LogGap, gap.Code);
        Assert.Contains("@8", gap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task And_when_it_comes_to_them()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        _site.Broker.Append(8);
        _site.Broker.DropBefore(10);
        await using var log = await OpenAsync(2);
        Assert.Equal(Offsets(2, 6), await ArchiveSite.ReadAsync(log, 6));

        var gap = await Assert.ThrowsAsync<RefluxException>(async () => await log.ReadAsync(CancellationToken.None));

        Assert.Equal(ErrorCodes.LogGap, gap.Code);
    }

    [Fact]
    public async Task An_offset_that_the_broker_passes_over_is_an_error()
    {
        _site.Broker.Append(8);
        _site.Broker.HoleAfter = 3;
        await using var log = await OpenAsync(0);
        Assert.Equal(Offsets(0, 4), await ArchiveSite.ReadAsync(log, 4));

        var gap = await Assert.ThrowsAsync<RefluxException>(async () => await log.ReadAsync(CancellationToken.None));

        Assert.Equal(ErrorCodes.LogGap, gap.Code);
    }

    [Fact]
    public async Task The_log_of_a_lost_broker_is_read_to_its_end_and_not_into_the_next_one()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        var former = _site.Broker.Id;
        _site.Broker.Id = former with { Topic = new Guid("01890a5d-ac96-774b-bcce-0000000000ff") };
        await using var log = await _site.NewReader().OpenAsync(former.Partition, new Position(former, 0), CancellationToken.None);
        Assert.Equal(Offsets(0, 8), await ArchiveSite.ReadAsync(log, 8));

        var foreign = await Assert.ThrowsAsync<RefluxException>(async () => await log.ReadAsync(CancellationToken.None));

        Assert.Equal(ErrorCodes.PositionForeignLog, foreign.Code);
    }

    [Fact]
    public async Task Without_a_broker_the_archive_is_read_to_its_end()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        await using var log = await _site.NewReader(withBroker: false).OpenAsync(_site.Broker.Id.Partition, new Position(_site.Broker.Id, 1), CancellationToken.None);
        Assert.Equal(Offsets(1, 7), await ArchiveSite.ReadAsync(log, 7));
        Assert.Equal(8, await log.EndAsync(CancellationToken.None));

        var gap = await Assert.ThrowsAsync<RefluxException>(async () => await log.ReadAsync(CancellationToken.None));

        Assert.Equal(ErrorCodes.LogGap, gap.Code);
    }

    [Fact]
    public async Task A_damaged_segment_is_an_error_that_names_it()
    {
        await _site.ArchiveAsync(records: 8, perSegment: 4);
        _site.Broker.DropBefore(8);
        var file = _site.FileOf(1);
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[90] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await using var log = await OpenAsync(0);
        Assert.Equal(Offsets(0, 4), await ArchiveSite.ReadAsync(log, 4));

        var damage = await Assert.ThrowsAsync<RefluxException>(async () => await ArchiveSite.ReadAsync(log, 4));

        Assert.Equal(ErrorCodes.ArchiveDamaged, damage.Code);
        Assert.Contains(Path.GetFileName(file), damage.Message, StringComparison.Ordinal);
    }

    private Task<ILabelLog> OpenAsync(long from) =>
        _site.NewReader().OpenAsync(_site.Broker.Id.Partition, new Position(_site.Broker.Id, from), CancellationToken.None);

    private static IEnumerable<long> Offsets(int first, int count) => Enumerable.Range(first, count).Select(i => (long)i);
}
