using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Tests;

public sealed class LogRoundTripTests
{
    [Fact]
    public async Task Bounds_commits_and_partition_counts_are_what_was_done()
    {
        await using var broker = new BrokerFixture(options => options.LabelPartitions = 5);
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        var group = ConsumerGroups.Student(Guid.NewGuid());

        Assert.Equal(5, connection.PartitionCount(Topics.Labels));
        Assert.Equal("memory", connection.Durability);
        Assert.Equal((0, 0), await connection.BoundsAsync(Topics.Labels, 2, broker.Limit));
        Assert.Null(await connection.CommittedAsync(group, Topics.Labels, 2, broker.Limit));

        var position = await writer.AppendAsync(Topics.Labels, 2, [1], broker.Limit);
        await writer.AppendAsync(Topics.Labels, 2, [2], broker.Limit);
        await new GroupCommitter(connection).CommitAsync(group, position with { Offset = 1 }, broker.Limit);

        Assert.Equal((0, 2), await connection.BoundsAsync(Topics.Labels, 2, broker.Limit));
        Assert.Equal(1, await connection.CommittedAsync(group, Topics.Labels, 2, broker.Limit));
        Assert.Null(await connection.CommittedAsync("another group", Topics.Labels, 2, broker.Limit));
    }

    [Fact]
    public async Task A_record_over_the_embedded_limit_is_refused_by_name()
    {
        await using var broker = new BrokerFixture();
        await using var writer = new LogWriter(await broker.ConnectAsync(), new SettableSafePosition());
        var refused = await Assert.ThrowsAsync<RefluxException>(() => writer.AppendAsync(Topics.Labels, 0, new byte[LogWriter.MaxEmbeddedRecordBytes + 1], broker.Limit));
        Assert.Equal("record-too-large", refused.Code);
        Assert.Contains("65536", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_knows_the_embedded_broker_by_its_address_alone_is_bound_by_its_limits()
    {
        await using var broker = new BrokerFixture();
        broker.Options.BootstrapServers = broker.Server.Address;
        await using var connection = await LogConnection.OpenAsync(
            broker.Options, embeddedAddress: null, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, broker.Limit);
        await using var writer = new LogWriter(connection, new SettableSafePosition());

        Assert.True(connection.IsEmbedded);
        Assert.Equal("memory", connection.Durability);
        var refused = await Assert.ThrowsAsync<RefluxException>(() => writer.AppendAsync(Topics.Labels, 0, new byte[LogWriter.MaxEmbeddedRecordBytes + 1], broker.Limit));
        Assert.Equal("record-too-large", refused.Code);
    }

    [Fact]
    public async Task No_broker_is_a_typed_error()
    {
        var options = new KafkaOptions { ConnectTimeoutSeconds = 0.5 };
        var failure = await Assert.ThrowsAsync<RefluxException>(() => LogConnection.OpenAsync(
            options, "127.0.0.1:1", TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None));
        Assert.Equal(ErrorCodes.BrokerUnavailable, failure.Code);
        Assert.Contains("127.0.0.1:1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_stays_away_fails_the_record_with_a_typed_error()
    {
        await using var broker = new BrokerFixture(options => options.DeliveryTimeoutSeconds = 5);
        await using var writer = new LogWriter(await broker.ConnectAsync(), new SettableSafePosition());
        await writer.AppendAsync(Topics.Events, 0, [1], broker.Limit);
        broker.Server.Dispose();
        var failure = await Assert.ThrowsAsync<RefluxException>(() => writer.AppendAsync(Topics.Events, 0, [2], broker.Limit));
        Assert.Equal(ErrorCodes.BrokerUnavailable, failure.Code);
    }

    [Fact]
    public async Task A_broker_that_lost_its_producers_fails_what_is_under_way_and_takes_what_comes_after()
    {
        // the time for which librdkafka may keep a record that it took just when the producer ended
        await using var broker = new BrokerFixture(options => options.DeliveryTimeoutSeconds = 10);
        await using var writer = new LogWriter(await broker.ConnectAsync(), new SettableSafePosition());
        for (byte loss = 1; loss < 4; loss++)
        {
            var before = await writer.AppendAsync(Topics.Events, 0, [loss], broker.Limit);
            broker.Server.LoseProducers();

            // more than one request can carry, so that records of every fate are about
            var underWay = Enumerable.Range(0, 200).Select(_ => writer.AppendAsync(Topics.Events, 0, new byte[1000], broker.Limit)).ToList();
            var failures = new List<RefluxException>();
            foreach (var record in underWay)
            {
                try
                {
                    Assert.True((await record).Offset > before.Offset);
                }
                catch (RefluxException failure)
                {
                    failures.Add(failure);
                }
            }

            Assert.NotEmpty(failures);
            Assert.All(failures, failure => Assert.Equal(ErrorCodes.BrokerUnavailable, failure.Code));
            Assert.All(failures, failure => Assert.Contains("can be repeated", failure.Remedy, StringComparison.Ordinal));
            Assert.True((await writer.AppendAsync(Topics.Events, 0, [loss], broker.Limit)).Offset > before.Offset);
        }
    }

    [Fact]
    public async Task A_setting_that_librdkafka_refuses_is_a_typed_error_with_its_words()
    {
        await using var broker = new BrokerFixture(options => options.Settings["no.such.setting"] = "1");
        var failure = await Assert.ThrowsAsync<RefluxException>(broker.ConnectAsync);
        Assert.Equal(ErrorCodes.OptionOutOfRange, failure.Code);
        Assert.Contains("no.such.setting", failure.Message, StringComparison.Ordinal);
    }
}
