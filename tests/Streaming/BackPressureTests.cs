using System.Buffers.Binary;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;

namespace Reflux.Streaming.Tests;

public sealed class BackPressureTests
{
    private const int Partition = 4;

    [Fact]
    public async Task Two_producers_of_64_KiB_records_and_a_stalled_reader_drop_nothing()
    {
        await using var broker = new BrokerFixture();
        var connection = await broker.ConnectAsync();
        var student = ConsumerGroups.Student(Guid.NewGuid());
        var committer = new GroupCommitter(connection);
        await using var first = Writer(connection, student);
        await using var second = Writer(await broker.ConnectAsync(), student);

        // 2 × 150 records = 18.75 MiB into a partition that keeps 5 MiB; every append is under way at once
        var appends = new[] { first, second }.Select((writer, producer) => Task.WhenAll(Enumerable.Range(0, 150)
            .Select(number => writer.AppendAsync(Topics.Labels, Partition, Record(producer, number), broker.Limit)))).ToArray();
        await using var reader = await LogReader.OpenAsync(connection, Topics.Labels, Partition, from: null, broker.Limit);
        await UntilStalledAsync(connection, broker.Limit);
        Assert.DoesNotContain(appends, producer => producer.IsCompleted);
        var (low, held) = await connection.BoundsAsync(Topics.Labels, Partition, broker.Limit);
        Assert.Equal(0, low);
        Assert.InRange(held, LogWriter.Mark, LogWriter.Mark + 1 + LogWriter.Outstanding);

        var next = new int[2];
        for (long offset = 0; offset < 300; offset++)
        {
            var record = await reader.ReadAsync(broker.Limit);
            Assert.Equal(offset, record.Position.Offset);
            Assert.Equal(LogWriter.MaxEmbeddedRecordBytes, record.Value.Length);
            Assert.Equal(next[record.Value[0]]++, BinaryPrimitives.ReadInt32LittleEndian(record.Value.AsSpan(1)));
            if (offset % 16 == 15)
            {
                await committer.CommitAsync(student, record.Position with { Offset = offset + 1 }, broker.Limit);
            }
        }

        Assert.Equal([150, 150], next);
        Assert.Equal(300, (await Task.WhenAll(appends)).SelectMany(positions => positions).Distinct().Count());
    }

    [Fact]
    public async Task A_gateway_hears_of_back_pressure_within_its_patience_and_the_record_is_not_sent()
    {
        await using var broker = new BrokerFixture();
        var connection = await broker.ConnectAsync();
        var safe = new SettableSafePosition(0);
        await using var writer = new LogWriter(connection, safe);
        for (var i = 0; i <= LogWriter.Mark; i++)
        {
            await writer.AppendAsync(Topics.Prompts, 0, [1], broker.Limit);
        }

        var refused = await Assert.ThrowsAsync<BackPressureException>(() => writer.AppendAsync(Topics.Prompts, 0, [2], TimeSpan.FromMilliseconds(100), broker.Limit));
        Assert.Equal(ErrorCodes.BackPressure, refused.Code);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.Equal((0, LogWriter.Mark + 1), await connection.BoundsAsync(Topics.Prompts, 0, broker.Limit));

        // other partitions, and topics without a safe position, are not held back
        await writer.AppendAsync(Topics.Prompts, 1, [3], TimeSpan.FromSeconds(30), broker.Limit);
        await writer.AppendAsync(Topics.Events, 0, [4], TimeSpan.FromSeconds(30), broker.Limit);

        safe.Offset = 1;
        var sent = await writer.AppendAsync(Topics.Prompts, 0, [5], TimeSpan.FromSeconds(30), broker.Limit);
        Assert.Equal(LogWriter.Mark + 1, sent.Offset);
    }

    [Fact]
    public async Task A_producer_that_waits_can_be_cancelled_and_the_next_one_goes_on()
    {
        await using var broker = new BrokerFixture();
        var safe = new SettableSafePosition(0);
        await using var writer = new LogWriter(await broker.ConnectAsync(), safe);
        for (var i = 0; i <= LogWriter.Mark; i++)
        {
            await writer.AppendAsync(Topics.Labels, 0, [1], broker.Limit);
        }

        using var cancel = new CancellationTokenSource();
        var cancelled = writer.AppendAsync(Topics.Labels, 0, [2], cancel.Token);
        var waiting = writer.AppendAsync(Topics.Labels, 0, [3], broker.Limit);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(waiting.IsCompleted);
        safe.Offset = 10;
        Assert.Equal(LogWriter.Mark + 1, (await waiting).Offset);
    }

    [Fact]
    public async Task The_safe_position_is_the_lowest_commit_of_those_who_read()
    {
        await using var broker = new BrokerFixture();
        var connection = await broker.ConnectAsync();
        await using var writer = new LogWriter(connection, new SettableSafePosition());
        var position = await writer.AppendAsync(Topics.Labels, 0, [1], broker.Limit);
        var committer = new GroupCommitter(connection);
        await committer.CommitAsync("fast", position with { Offset = 9 }, broker.Limit);
        await committer.CommitAsync("slow", position with { Offset = 4 }, broker.Limit);

        Task<long> Safe(params string[]? groups) => new CommittedSafePosition(connection, (_, _) => groups).SafeOffsetAsync(Topics.Labels, 0, broker.Limit).AsTask();
        Assert.Equal(9, await Safe("fast"));
        Assert.Equal(4, await Safe("fast", "slow"));
        Assert.Equal(0, await Safe("fast", "slow", "silent"));
        Assert.Equal(0, await Safe());
        Assert.Equal(long.MaxValue, await Safe(null));
    }

    private static LogWriter Writer(LogConnection connection, string group) => new(connection, new CommittedSafePosition(connection, (_, _) => [group]));

    private static byte[] Record(int producer, int number)
    {
        var record = new byte[LogWriter.MaxEmbeddedRecordBytes];
        record[0] = (byte)producer;
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(1), number);
        return record;
    }

    /// <summary>Until the partition's end stands at or over the mark and stays there.</summary>
    private static async Task UntilStalledAsync(LogConnection connection, CancellationToken limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (long before = -1, end = 0; end < LogWriter.Mark || end != before;)
        {
            Assert.True(await timer.WaitForNextTickAsync(limit));
            (before, end) = (end, (await connection.BoundsAsync(Topics.Labels, Partition, limit)).End);
        }
    }
}
