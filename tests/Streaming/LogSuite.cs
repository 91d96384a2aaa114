using System.Text;
using Reflux.Contracts.Identity;

namespace Reflux.Streaming.Tests;

/// <summary>What every broker has to do, the embedded one, one without topic ids and a durable one of the oldest kind. The log may hold records already.</summary>
public abstract class LogSuite(ILogBroker broker) : IAsyncLifetime
{
    private readonly string _group = $"group-{Guid.NewGuid():N}";

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync() => await broker.DisposeAsync();

    [Fact]
    public async Task Records_come_back_in_order_at_the_positions_that_their_acknowledgements_named()
    {
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        var appended = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => writer.AppendAsync(Topics.Labels, 3, Encoding.UTF8.GetBytes($"record {i}"), broker.Limit)));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => appended[0].Offset + i), appended.Select(position => position.Offset));
        await using var reader = await LogReader.OpenAsync(connection, Topics.Labels, 3, appended[0], broker.Limit);
        for (var i = 0; i < 100; i++)
        {
            var record = await reader.ReadAsync(broker.Limit);
            Assert.Equal(appended[i], record.Position);
            Assert.Equal($"record {i}", Encoding.UTF8.GetString(record.Value));
        }
    }

    [Fact]
    public async Task A_reader_starts_at_the_position_it_is_given_and_waits_for_records_at_the_end()
    {
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        Position second = default;
        for (var i = 0; i < 3; i++)
        {
            var position = await writer.AppendAsync(Topics.Events, 0, [(byte)i], broker.Limit);
            second = i == 1 ? position : second;
        }

        await using var fromSecond = await LogReader.OpenAsync(connection, Topics.Events, 0, second, broker.Limit);
        Assert.Equal([1], (await fromSecond.ReadAsync(broker.Limit)).Value);
        Assert.Equal([2], (await fromSecond.ReadAsync(broker.Limit)).Value);
        var pending = fromSecond.ReadAsync(broker.Limit).AsTask();
        Assert.False(pending.IsCompleted);
        await writer.AppendAsync(Topics.Events, 0, [3], broker.Limit);
        Assert.Equal([3], (await pending).Value);
    }

    [Fact]
    public async Task Processes_that_open_the_log_at_once_agree_on_its_ids()
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => broker.ConnectAsync()));
        foreach (var topic in Topics.All)
        {
            var id = Assert.Single(connections.Select(connection => connection.KnownLogId(topic, 0)).Distinct());
            Assert.NotEqual(Guid.Empty, id.Topic);
            Assert.Equal(id, await connections[0].LogIdAsync(topic, 0, broker.Limit));
        }

        Assert.Equal(Topics.All.Count, Topics.All.Select(topic => connections[0].KnownLogId(topic, 0)).Distinct().Count());
    }

    [Fact]
    public async Task A_position_that_the_log_does_not_have_is_refused()
    {
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        var position = await writer.AppendAsync(Topics.Labels, 2, [1], broker.Limit);
        var foreign = position with { Log = position.Log with { Topic = Guid.NewGuid() } };

        var refused = await Assert.ThrowsAsync<PositionException>(() => LogReader.OpenAsync(connection, Topics.Labels, 2, foreign, broker.Limit));
        Assert.Equal(PositionException.ForeignLog, refused.Code);
        refused = await Assert.ThrowsAsync<PositionException>(() => LogReader.OpenAsync(connection, Topics.Labels, 2, position with { Offset = position.Offset + 2 }, broker.Limit));
        Assert.Equal(PositionException.OutOfRange, refused.Code);
    }

    [Fact]
    public async Task A_commit_from_outside_the_group_is_what_is_read_back()
    {
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        var position = await writer.AppendAsync(Topics.Labels, 1, [1], broker.Limit);
        Assert.Null(await connection.CommittedAsync(_group, Topics.Labels, 1, broker.Limit));
        await new GroupCommitter(connection).CommitAsync(_group, position with { Offset = position.Offset + 1 }, broker.Limit);
        Assert.Equal(position.Offset + 1, await (await broker.ConnectAsync()).CommittedAsync(_group, Topics.Labels, 1, broker.Limit));
    }

    [Fact]
    public virtual async Task A_group_gets_every_record_and_no_mark_and_a_successor_what_was_not_finished()
    {
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        var partitions = connection.PartitionCount(Topics.Prompts);
        for (var i = 0; i < 24; i++)
        {
            await writer.AppendAsync(Topics.Prompts, i % partitions, Encoding.UTF8.GetBytes($"{_group} {i}"), broker.Limit);
        }

        List<LogRecord> first;
        await using (var member = new GroupReader(connection, Topics.Prompts, _group))
        {
            first = await OwnAsync(member, 24);
            first.Where(record => record.Position.Log.Partition != 5).ToList().ForEach(record => member.Acknowledge(record.Position));
        }

        Assert.Equal(24, first.DistinctBy(record => record.Position).Count());
        await using var successor = new GroupReader(connection, Topics.Prompts, _group);
        var left = await OwnAsync(successor, 24 / partitions);
        Assert.All(left, record => Assert.Equal(5, record.Position.Log.Partition));
    }

    /// <summary>Records of this test, whatever others left; those are finished at once.</summary>
    private async Task<List<LogRecord>> OwnAsync(GroupReader member, int count)
    {
        var records = new List<LogRecord>();
        while (records.Count < count)
        {
            var record = (await member.ReadAsync(broker.Limit))!;
            Assert.False(record.IsMark);
            if (Encoding.UTF8.GetString(record.Value).StartsWith(_group, StringComparison.Ordinal))
            {
                records.Add(record);
            }
            else
            {
                member.Acknowledge(record.Position);
            }
        }

        return records;
    }
}
