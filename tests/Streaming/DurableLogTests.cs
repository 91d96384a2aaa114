using Reflux.Contracts.Identity;

namespace Reflux.Streaming.Tests;

/// <summary>Kafka 0.9, by configuration only: no topic ids, no idempotent producer, no topics by protocol, and a log on disk.</summary>
[Collection(DurableBrokerFixture.Collection)]
[Trait("Speed", "slow")]
public sealed class DurableLogTests(DurableBrokerFixture broker) : LogSuite(broker), IClassFixture<DurableBrokerFixture>
{
    [Fact]
    public async Task Killed_and_started_again_it_is_the_same_log_with_the_same_records_and_commits()
    {
        var connection = await broker.ConnectAsync();
        Assert.Equal(("replicated", false), (connection.Durability, connection.IsEmbedded));
        await using var writer = new LogWriter(connection, null);
        var acknowledged = new List<Position>();
        for (var i = 0; i < 50; i++)
        {
            acknowledged.Add(await writer.AppendAsync(Topics.Labels, 6, [(byte)i], broker.Limit));
        }

        await new GroupCommitter(connection).CommitAsync("before", acknowledged[20], broker.Limit);
        await using var reader = await LogReader.OpenAsync(connection, Topics.Labels, 6, acknowledged[0], broker.Limit);
        Assert.Equal([0], (await reader.ReadAsync(broker.Limit)).Value);

        var asked = Enumerable.Range(0, 20).Select(_ => connection.BoundsAsync(Topics.Labels, 6, broker.Limit)).ToList();
        await broker.KillAsync();
        asked.AddRange(Enumerable.Range(0, 20).Select(_ => connection.BoundsAsync(Topics.Labels, 6, broker.Limit)));
        // wait in the producer, and keep their order
        var waiting = Enumerable.Range(50, 50).Select(i => writer.AppendAsync(Topics.Labels, 6, [(byte)i], broker.Limit)).ToList();
        await broker.RestartAsync();

        acknowledged.AddRange(await Task.WhenAll(waiting));
        Assert.All(await Task.WhenAll(asked), bounds => Assert.InRange(bounds.End, acknowledged[49].Offset + 1, acknowledged[99].Offset + 1));
        Assert.Equal(acknowledged[0].Log, await connection.LogIdAsync(Topics.Labels, 6, broker.Limit));
        Assert.Equal(acknowledged[0].Log, (await broker.ConnectAsync()).KnownLogId(Topics.Labels, 6));
        Assert.Equal(acknowledged[20].Offset, await connection.CommittedAsync("before", Topics.Labels, 6, broker.Limit));
        Assert.True(acknowledged.Zip(acknowledged.Skip(1)).All(pair => pair.First.Offset < pair.Second.Offset));

        // a repeated request may leave a record twice, but none is missing and none overtakes another
        await using var again = await LogReader.OpenAsync(connection, Topics.Labels, 6, acknowledged[0], broker.Limit);
        foreach (var open in new[] { reader, again })
        {
            var next = open == reader ? 1 : 0;
            while (next < 100)
            {
                var value = Assert.Single((await open.ReadAsync(broker.Limit)).Value);
                Assert.True(value <= next, $"{value} came before {next}");
                next = Math.Max(next, value + 1);
            }
        }
    }
}
