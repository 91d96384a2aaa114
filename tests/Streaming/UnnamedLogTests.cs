using Confluent.Kafka;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;

namespace Reflux.Streaming.Tests;

/// <summary>A broker without topic ids, as before Kafka 2.8: the log names itself.</summary>
public sealed class UnnamedLogTests : LogSuite
{
    private readonly BrokerFixture _broker;

    public UnnamedLogTests()
        : this(new BrokerFixture())
    {
    }

    private UnnamedLogTests(BrokerFixture broker)
        : base(broker)
    {
        _broker = broker;
        broker.Server.HideTopicIds();
        broker.Options.Settings["group.protocol"] = "classic"; // the newer one names topics by their ids
    }

    /// <summary>Classic rebalances take this broker seconds.</summary>
    [Fact]
    [Trait("Speed", "slow")]
    public override Task A_group_gets_every_record_and_no_mark_and_a_successor_what_was_not_finished() => base.A_group_gets_every_record_and_no_mark_and_a_successor_what_was_not_finished();

    [Fact]
    public async Task The_first_record_is_a_mark_and_every_later_one_repeats_its_key()
    {
        var connection = await _broker.ConnectAsync();
        await using var writer = new LogWriter(connection, null);
        var position = await writer.AppendAsync(Topics.Events, 0, [7], _broker.Limit);

        await using var reader = await LogReader.OpenAsync(connection, Topics.Events, 0, from: null, _broker.Limit);
        Assert.Equal((0L, true), await Seen(reader));
        Assert.Equal((1L, false), await Seen(reader));
        Assert.Equal(position, new Position(connection.KnownLogId(Topics.Events, 0), 1));
        var raw = Raw(Topics.Events, 2);
        Assert.NotEmpty(raw[0].Message.Key);
        Assert.Equal(raw[0].Message.Key, raw[1].Message.Key);

        async Task<(long Offset, bool IsMark)> Seen(LogReader from)
        {
            var record = await from.ReadAsync(_broker.Limit);
            return (record.Position.Offset, record.IsMark);
        }
    }

    [Fact]
    public async Task The_id_outlives_the_mark_that_retention_takes()
    {
        var connection = await _broker.ConnectAsync();
        await using var writer = new LogWriter(connection, null);
        await writer.AppendAsync(Topics.Events, 0, [1], _broker.Limit);
        var before = connection.KnownLogId(Topics.Events, 0);
        _broker.Server.DeleteRecords(Topics.Events, 0, beforeOffset: 1);
        Assert.Equal(before, (await _broker.ConnectAsync()).KnownLogId(Topics.Events, 0));

        var labels = connection.KnownLogId(Topics.Labels, 4);
        await using var labelWriter = new LogWriter(connection, new SettableSafePosition());
        await labelWriter.AppendAsync(Topics.Labels, 4, [1], _broker.Limit);
        _broker.Server.DeleteRecords(Topics.Labels, 0, beforeOffset: 1); // nothing is left in partition 0
        Assert.Equal(labels, (await _broker.ConnectAsync()).KnownLogId(Topics.Labels, 4));
    }

    [Fact]
    public async Task A_log_that_retention_has_emptied_is_the_same_to_whoever_knew_it_and_from_then_on_to_all()
    {
        var connection = await _broker.ConnectAsync();
        await using var writer = new LogWriter(connection, null);
        var last = await writer.AppendAsync(Topics.Events, 0, [1], _broker.Limit);
        _broker.Server.DeleteRecords(Topics.Events, 0, last.Offset + 1);
        Assert.Equal((last.Offset + 1, last.Offset + 1), await connection.BoundsAsync(Topics.Events, 0, _broker.Limit));

        Assert.Equal(last.Log, await connection.LogIdAsync(Topics.Events, 0, _broker.Limit));
        Assert.Equal(last.Log, (await _broker.ConnectAsync()).KnownLogId(Topics.Events, 0));
    }

    [Fact]
    public async Task A_topic_created_anew_is_another_log()
    {
        var connection = await _broker.ConnectAsync();
        var before = await connection.LogIdAsync(Topics.Labels, 1, _broker.Limit);
        _broker.Server.RecreateTopic(Topics.Labels, 16);
        Assert.NotEqual(before, await connection.LogIdAsync(Topics.Labels, 1, _broker.Limit));
    }

    [Fact]
    public async Task A_topic_that_something_else_began_is_refused()
    {
        var connection = await _broker.ConnectAsync();
        _broker.Server.RecreateTopic(Topics.Events, 1);
        await using var writer = new LogWriter(connection, null);
        await writer.AppendAsync(Topics.Events, 0, [1], _broker.Limit); // under the old id
        var refused = await Assert.ThrowsAsync<RefluxException>(_broker.ConnectAsync);
        Assert.Equal(ErrorCodes.NotSupportedHere, refused.Code);
        Assert.Contains("'events'", refused.Message, StringComparison.Ordinal);
    }

    private List<ConsumeResult<byte[], byte[]>> Raw(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _broker.Server.Address, GroupId = "raw" }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        return [.. Enumerable.Range(0, count).Select(_ => consumer.Consume(_broker.Limit))];
    }
}
