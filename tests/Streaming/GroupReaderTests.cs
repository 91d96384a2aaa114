using System.Diagnostics;
using Reflux.Contracts.Identity;

namespace Reflux.Streaming.Tests;

public sealed class GroupReaderTests
{
    [Fact]
    public async Task Commits_follow_the_contiguous_watermark_and_a_successor_starts_there()
    {
        await using var broker = new BrokerFixture(options => options.PromptPartitions = 1);
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        for (var i = 0; i < 5; i++)
        {
            await writer.AppendAsync(Topics.Prompts, 0, [(byte)i], broker.Limit);
        }

        await using (var member = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers))
        {
            var records = await ReadAsync(member, 5, broker.Limit);
            foreach (var index in new[] { 0, 1, 3, 4 })
            {
                member.Acknowledge(records[index].Position);
            }
        }

        Assert.Equal(2, await connection.CommittedAsync(ConsumerGroups.Teachers, Topics.Prompts, 0, broker.Limit));
        await using var successor = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        Assert.Equal([2, 3, 4], (await ReadAsync(successor, 3, broker.Limit)).Select(record => record.Position.Offset));
    }

    [Fact]
    public async Task A_commit_follows_an_acknowledgement_while_the_member_lives()
    {
        await using var broker = new BrokerFixture(options => options.PromptPartitions = 1);
        var connection = await broker.ConnectAsync();
        var safe = new CommittedSafePosition(connection, (_, _) => [ConsumerGroups.Teachers]);
        await using var writer = new LogWriter(connection, safe);
        await using var member = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);

        // more than the mark: goes through only if commits move the safe position
        var appends = Task.WhenAll(Enumerable.Range(0, 200).Select(i => writer.AppendAsync(Topics.Prompts, 0, [(byte)i], broker.Limit)));
        foreach (var expected in Enumerable.Range(0, 200))
        {
            var record = await member.ReadAsync(broker.Limit);
            Assert.Equal(expected, record!.Position.Offset);
            member.Acknowledge(record.Position);
        }

        await appends;
    }

    [Fact]
    public Task Members_share_the_partitions_and_one_that_leaves_hands_its_unfinished_work_over() => HandOverAsync(_ => { }, BrokerFixture.Patience);

    /// <summary>The protocol of clusters before Kafka 4. The embedded broker takes 5 to 16 s for each of its rebalances, and more where a member is late.</summary>
    [Fact]
    [Trait("Speed", "slow")]
    public Task The_same_by_the_classic_protocol() => HandOverAsync(options => options.Settings["group.protocol"] = "classic", 3 * BrokerFixture.Patience);

    private static async Task HandOverAsync(Action<KafkaOptions> configure, TimeSpan patience)
    {
        await using var broker = new BrokerFixture(configure, patience);
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        await using var staying = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        var leaving = new GroupReader(await broker.ConnectAsync(), Topics.Prompts, ConsumerGroups.Teachers);
        await UntilAsync(() => staying.Partitions.Count == 4 && leaving.Partitions.Count == 4, broker.Limit);

        foreach (var partition in Enumerable.Range(0, 8))
        {
            await writer.AppendAsync(Topics.Prompts, partition, [(byte)partition], broker.Limit);
        }

        var taken = await ReadAsync(leaving, 4, broker.Limit);
        leaving.Acknowledge(taken[0].Position);
        leaving.Acknowledge(taken[1].Position);
        await leaving.DisposeAsync();
        Assert.Null(await leaving.ReadAsync(broker.Limit));

        // what is not acknowledged may come again when partitions move; what is never does
        var unfinished = Enumerable.Range(0, 8).Except(taken.Take(2).Select(record => record.Position.Log.Partition)).ToHashSet();
        var read = new HashSet<int>();
        while (!read.IsSupersetOf(unfinished))
        {
            read.Add((await staying.ReadAsync(broker.Limit))!.Position.Log.Partition);
        }

        Assert.Equal(unfinished.Order(), read.Order());
    }

    [Fact]
    public async Task A_partition_that_left_while_it_was_paused_is_read_when_it_comes_back()
    {
        const int Each = 50;
        await using var broker = new BrokerFixture(_ => { });
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        await Task.WhenAll(Enumerable.Range(0, 8 * Each).Select(i => writer.AppendAsync(Topics.Prompts, i % 8, [1], broker.Limit)));
        await using var staying = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        await UntilAsync(() => staying.IsPaused, broker.Limit);
        var passing = new GroupReader(await broker.ConnectAsync(), Topics.Prompts, ConsumerGroups.Teachers);
        await UntilAsync(() => staying.Partitions.Count == 4, broker.Limit);
        var read = new HashSet<Position>();
        while (read.Count < 4 * Each)
        {
            read.Add((await staying.ReadAsync(broker.Limit))!.Position);
        }

        await UntilAsync(() => !staying.IsPaused, broker.Limit);
        await passing.DisposeAsync();
        while (read.Count < 8 * Each)
        {
            read.Add((await staying.ReadAsync(broker.Limit))!.Position);
        }
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task What_a_killed_member_had_read_and_not_finished_goes_to_the_next()
    {
        await using var broker = new BrokerFixture(options => options.PromptPartitions = 1);
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        var position = await writer.AppendAsync(Topics.Prompts, 0, [1], broker.Limit);
        using var killed = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(BrokerFixture).Assembly.Location, "member", broker.Server.Address]) { RedirectStandardOutput = true })!;
        Assert.Equal(position.ToString(), await killed.StandardOutput.ReadLineAsync(broker.Limit));

        await using var successor = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        killed.Kill();
        Assert.Equal(position, (await successor.ReadAsync(broker.Limit))!.Position);
    }

    [Fact]
    public async Task A_slow_caller_gets_every_record_once_and_in_order()
    {
        await using var broker = new BrokerFixture(options => options.PromptPartitions = 1);
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        await using var member = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => writer.AppendAsync(Topics.Prompts, 0, [0], broker.Limit)));
        var records = await ReadAsync(member, 1000, broker.Limit);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), records.Select(record => record.Position.Offset));
    }

    [Fact]
    public async Task Unread_records_that_vanished_are_an_error_and_not_skipped()
    {
        await using var broker = new BrokerFixture(options => options.PromptPartitions = 1);
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        Position last = default;
        for (var i = 0; i < 5; i++)
        {
            last = await writer.AppendAsync(Topics.Prompts, 0, [(byte)i], broker.Limit);
        }

        await new GroupCommitter(connection).CommitAsync(ConsumerGroups.Teachers, last with { Offset = 1 }, broker.Limit);
        broker.Server.DeleteRecords(Topics.Prompts, 0, beforeOffset: 3);
        await using var member = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        var lost = await Assert.ThrowsAsync<PositionException>(async () => await member.ReadAsync(broker.Limit));
        Assert.Equal(PositionException.OutOfRange, lost.Code);
    }

    private static async Task<List<LogRecord>> ReadAsync(GroupReader member, int count, CancellationToken limit)
    {
        var records = new List<LogRecord>();
        while (records.Count < count)
        {
            records.Add((await member.ReadAsync(limit))!);
        }

        return records;
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            Assert.True(await timer.WaitForNextTickAsync(limit));
        }
    }
}
