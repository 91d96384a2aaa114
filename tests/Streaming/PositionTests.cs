using Reflux.Contracts.Identity;

namespace Reflux.Streaming.Tests;

public sealed class PositionTests
{
    [Fact]
    public async Task A_recreated_topic_is_another_log()
    {
        await using var broker = new BrokerFixture();
        var connection = await broker.ConnectAsync();
        var before = await connection.LogIdAsync(Topics.Labels, 1, broker.Limit);
        Assert.Equal(before, await connection.LogIdAsync(Topics.Labels, 1, broker.Limit));

        broker.Server.RecreateTopic(Topics.Labels, 16);

        var after = await connection.LogIdAsync(Topics.Labels, 1, broker.Limit);
        Assert.NotEqual(before.Topic, after.Topic);
        Assert.Equal(1, after.Partition);
    }

    [Fact]
    public async Task Two_brokers_never_share_a_log_id()
    {
        await using var one = new BrokerFixture();
        await using var other = new BrokerFixture();
        Assert.NotEqual(
            await (await one.ConnectAsync()).LogIdAsync(Topics.Prompts, 0, one.Limit),
            await (await other.ConnectAsync()).LogIdAsync(Topics.Prompts, 0, other.Limit));
    }

    [Fact]
    public async Task A_position_of_another_log_is_refused_and_never_reset()
    {
        await using var broker = new BrokerFixture();
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, null);
        var position = await writer.AppendAsync(Topics.Events, 0, [1], broker.Limit);
        var foreign = position with { Log = position.Log with { Topic = Guid.NewGuid() } };

        var reading = await Assert.ThrowsAsync<PositionException>(() => LogReader.OpenAsync(connection, Topics.Events, 0, foreign, broker.Limit));
        Assert.Equal(PositionException.ForeignLog, reading.Code);
        Assert.Equal(foreign, reading.Position);

        var committing = await Assert.ThrowsAsync<PositionException>(() => new GroupCommitter(connection).CommitAsync("group", foreign, broker.Limit));
        Assert.Equal(PositionException.ForeignLog, committing.Code);
    }

    [Theory]
    [InlineData(1)] // dropped by retention
    [InlineData(6)] // beyond the end
    public async Task An_offset_that_the_log_does_not_hold_is_refused(long offset)
    {
        await using var broker = new BrokerFixture();
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, null);
        Position last = default;
        for (var i = 0; i < 5; i++)
        {
            last = await writer.AppendAsync(Topics.Events, 0, [(byte)i], broker.Limit);
        }

        broker.Server.DeleteRecords(Topics.Events, 0, beforeOffset: 2);
        var refused = await Assert.ThrowsAsync<PositionException>(() => LogReader.OpenAsync(connection, Topics.Events, 0, last with { Offset = offset }, broker.Limit));
        Assert.Equal(PositionException.OutOfRange, refused.Code);
        Assert.Contains("2 to 4", refused.Message, StringComparison.Ordinal);

        await using var edge = await LogReader.OpenAsync(connection, Topics.Events, 0, last with { Offset = 5 }, broker.Limit);
        await writer.AppendAsync(Topics.Events, 0, [5], broker.Limit);
        Assert.Equal(5, (await edge.ReadAsync(broker.Limit)).Position.Offset);
    }

    [Fact]
    public async Task Records_that_vanish_under_a_reader_end_it_with_a_typed_error()
    {
        await using var broker = new BrokerFixture();
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, null);
        var first = await writer.AppendAsync(Topics.Events, 0, [0], broker.Limit);
        await using var reader = await LogReader.OpenAsync(connection, Topics.Events, 0, first with { Offset = 1 }, broker.Limit);

        // More than the reader and its client fetch ahead of a caller that does not read, then the oldest go.
        var large = new byte[512 * 1024];
        for (var i = 0; i < 64; i++)
        {
            await writer.AppendAsync(Topics.Events, 0, large, broker.Limit);
        }

        var lost = await Assert.ThrowsAsync<PositionException>(async () =>
        {
            for (long expected = 1; ; expected++)
            {
                Assert.Equal(expected, (await reader.ReadAsync(broker.Limit)).Position.Offset);
            }
        });
        Assert.Equal(PositionException.OutOfRange, lost.Code);
    }
}
