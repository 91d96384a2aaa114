using Reflux.Contracts.Identity;
using Reflux.Distillation.Archive;
using Reflux.Silo.Archiving;
using Reflux.Silo.Definitions;
using Reflux.Silo.Students;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Archiving;

/// <summary>The archive on a real broker: the embedded one, which drops what nobody holds.</summary>
public sealed class ArchiverHostTests : IAsyncLifetime
{
    private const int RecordBytes = 60 << 10;

    private LogSite _site = null!;
    private ArchiveStore _store = null!;
    private ArchiverHost _host = null!;

    private KafkaLabelLogFactory Broker => new(_site.Connection);

    public async Task InitializeAsync()
    {
        _site = await LogSite.OpenAsync();
        _store = new ArchiveStore(_site.File("archive"));
        _host = new ArchiverHost(_site.Catalog, _site.Connection, Broker, _store, new ArchiveOptions { SegmentSeconds = 1 }, TimeProvider.System, _site.Loggers);
        await _host.StartAsync(_site.Limit);
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task A_trainer_reads_from_the_archive_what_the_broker_has_dropped()
    {
        const int records = 150;
        _site.Catalog.Apply(_site.Lane);
        var safe = new CommittedSafePosition(_site.Connection, (topic, partition) => LogReaders.Of(_site.Catalog, topic, partition, archived: true));
        var writer = _site.NewWriter(safe);
        for (var i = 0; i < records; i++)
        {
            // nobody trains: only the archive lets the log go on
            await writer.AppendAsync(Topics.Labels, LogSite.LabelPartition, Value(i), _site.Limit);
        }

        var log = _site.Connection.KnownLogId(Topics.Labels, LogSite.LabelPartition);
        await Assert.ThrowsAsync<PositionException>(() => Broker.OpenAsync(LogSite.LabelPartition, new Position(log, 0), _site.Limit));
        await using var reader = await new ArchivedLabelLogFactory(Broker, Broker.CurrentLogAsync, _store).OpenAsync(LogSite.LabelPartition, from: null, _site.Limit);
        for (var i = 0; i < records; i++)
        {
            var record = await reader.ReadAsync(_site.Limit);
            Assert.Equal(new Position(log, i), record.Position);
            Assert.True(record.Value.Span.SequenceEqual(Value(i)));
        }
    }

    [Fact]
    public async Task A_lane_that_comes_later_is_archived_too_and_one_that_goes_is_left()
    {
        await _site.Prompts.AppendAsync(Topics.Labels, LogSite.LabelPartition, Value(0), _site.Limit);
        _site.Catalog.Apply(_site.Lane);
        await Eventually.TrueAsync(
            async () => await _site.Connection.CommittedAsync(ConsumerGroups.Archive, Topics.Labels, LogSite.LabelPartition, _site.Limit) == 1, _site.Limit);

        _site.Catalog.Apply(_site.Lane with { Revision = 2, Deleted = true });
        await Eventually.TrueAsync(IsLeft, _site.Limit);
        await _site.Prompts.AppendAsync(Topics.Labels, LogSite.LabelPartition, Value(1), _site.Limit);
        await _host.StopAsync(_site.Limit);

        // what came after it was left is not archived
        var archived = Assert.Single(await new ArchiveInspector(_store).InspectAsync(_site.Lane.Name, verify: true, _site.Limit));
        Assert.Equal((0, 1, 0), (archived.First, archived.Next, archived.Problems!.Count));
    }

    /// <summary>True where nobody holds the lock of the log's archive.</summary>
    private bool IsLeft()
    {
        var log = _site.Connection.KnownLogId(Topics.Labels, LogSite.LabelPartition);
        try
        {
            File.Open(_site.File($"archive/{log.Topic:N}/{log.Partition}/writer.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static byte[] Value(int i)
    {
        var bytes = new byte[RecordBytes];
        new Random(i).NextBytes(bytes);
        return bytes;
    }
}
