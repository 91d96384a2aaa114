using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Streaming.Tests.Embedded;

public sealed class EmbeddedBrokerTests
{
    [Fact]
    public async Task A_silo_that_comes_back_finds_its_broker_and_the_log_in_it()
    {
        await using var processes = new BrokerProcesses();
        var broker = await processes.AttachOrStartAsync();
        Assert.False(broker.Attached);
        Assert.Null(broker.Lost);
        Position position;
        await using (var connection = await processes.ConnectAsync(broker))
        await using (var writer = new LogWriter(connection, new SettableSafePosition()))
        {
            position = await writer.AppendAsync(Topics.Prompts, 1, [7], processes.Limit);
        }

        var again = await processes.AttachOrStartAsync();
        Assert.True(again.Attached);
        Assert.Equal((broker.Address, broker.ProcessId), (again.Address, again.ProcessId));
        await using var second = await processes.ConnectAsync(again);
        await using var reader = await LogReader.OpenAsync(second, Topics.Prompts, 1, position, processes.Limit);
        Assert.Equal([7], (await reader.ReadAsync(processes.Limit)).Value);
    }

    [Fact]
    public async Task A_broker_that_died_is_replaced_and_what_it_held_is_said()
    {
        await using var processes = new BrokerProcesses();
        var broker = await processes.AttachOrStartAsync();
        Position label;
        await using (var connection = await processes.ConnectAsync(broker))
        await using (var writer = new LogWriter(connection, new SettableSafePosition()))
        {
            var prompt = await writer.AppendAsync(Topics.Prompts, 0, [1], processes.Limit);
            await writer.AppendAsync(Topics.Prompts, 0, [2], processes.Limit);
            await writer.AppendAsync(Topics.Prompts, 1, [3], processes.Limit);
            label = await writer.AppendAsync(Topics.Labels, 1, [4], processes.Limit);
            await new GroupCommitter(connection).CommitAsync(ConsumerGroups.Teachers, prompt with { Offset = 1 }, processes.Limit);
        }

        BrokerProcesses.Signal(broker, ProcessSignal.Terminate);
        await processes.EndedAsync(broker);

        var next = await processes.AttachOrStartAsync();
        Assert.False(next.Attached);
        Assert.NotNull(next.Lost);
        Assert.Equal(2, next.Lost.UnreadPrompts);
        Assert.Equal(1, Assert.Contains(label.Log, next.Lost.LabelEnds));
        Assert.Contains("2 prompt(s)", next.Lost.Message, StringComparison.Ordinal);

        await using var other = await processes.ConnectAsync(next);
        var foreign = await Assert.ThrowsAsync<PositionException>(() => LogReader.OpenAsync(other, Topics.Labels, 1, label, processes.Limit));
        Assert.Equal(PositionException.ForeignLog, foreign.Code);
    }

    [Theory]
    [InlineData(ProcessSignal.Kill)]
    [InlineData(ProcessSignal.Interrupt)]
    public async Task However_it_ended_the_next_start_makes_a_new_one(int signal)
    {
        await using var processes = new BrokerProcesses();
        var broker = await processes.AttachOrStartAsync();
        BrokerProcesses.Signal(broker, signal);
        await processes.EndedAsync(broker);
        var next = await processes.AttachOrStartAsync();
        Assert.NotEqual(broker.ProcessId, next.ProcessId);
        Assert.Equal(0, next.Lost!.UnreadPrompts);
        await next.StopAsync(processes.Limit);
        Assert.False(next.IsAlive);
    }

    [Fact]
    public async Task A_broker_that_nobody_asks_anything_ends_by_itself()
    {
        using var directory = new TemporaryDirectory();
        var options = new KafkaOptions { Embedded = { IdleSeconds = 1 } };
        await EmbeddedBrokerHost.RunAsync(directory.Path, options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None).WaitAsync(BrokerFixture.Patience);
    }

    [Fact]
    public async Task A_living_broker_that_does_not_answer_is_not_replaced()
    {
        await using var processes = new BrokerProcesses();
        var broker = await processes.AttachOrStartAsync();
        await processes.StopAsync(broker);
        var patient = processes.Options.ConnectTimeoutSeconds;
        processes.Options.ConnectTimeoutSeconds = 0.5;
        var silent = await Assert.ThrowsAsync<RefluxException>(() => processes.AttachOrStartAsync());
        Assert.Equal(ErrorCodes.BrokerUnavailable, silent.Code);
        Assert.Contains($"{broker.ProcessId}", silent.Remedy, StringComparison.Ordinal);
        BrokerProcesses.Signal(broker, ProcessSignal.Continue);
        processes.Options.ConnectTimeoutSeconds = patient;
        Assert.True((await processes.AttachOrStartAsync()).Attached);
    }

    [Fact]
    public async Task Two_brokers_in_one_directory_are_refused_and_a_command_that_fails_is_quoted()
    {
        await using var processes = new BrokerProcesses();
        var broker = await processes.AttachOrStartAsync();

        // or it might write its file anew
        await processes.StopAsync(broker);
        File.Delete(Path.Combine(processes.Directory, BrokerFile.Name));
        var refused = await Assert.ThrowsAsync<RefluxException>(() => processes.AttachOrStartAsync());
        Assert.Equal(ErrorCodes.BrokerUnavailable, refused.Code);
        Assert.Contains(ErrorCodes.DataDirectoryInUse, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_a_typed_error()
    {
        var file = Path.GetTempFileName();
        try
        {
            var failure = await Assert.ThrowsAsync<RefluxException>(() => EmbeddedBrokerHost.RunAsync(
                Path.Combine(file, "data"), new KafkaOptions(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None));
            Assert.Equal(ErrorCodes.DataDirectoryReadOnly, failure.Code);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task A_broker_that_is_away_for_ten_seconds_loses_and_reorders_nothing()
    {
        await using var processes = new BrokerProcesses();
        var broker = await processes.AttachOrStartAsync();
        await using var connection = await processes.ConnectAsync(broker);
        await using var writer = new LogWriter(connection, new CommittedSafePosition(connection, (_, _) => [ConsumerGroups.Teachers]));
        await using var member = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        var appended = new List<Task<Position>> { writer.AppendAsync(Topics.Prompts, 0, [0], processes.Limit) };
        await Read(0);

        await processes.StopAsync(broker);
        for (byte i = 1; i < 100; i++)
        {
            appended.Add(writer.AppendAsync(Topics.Prompts, 0, [i], processes.Limit));
        }

        // its patience is with readers, and the broker's absence is not their fault
        var impatient = writer.AppendAsync(Topics.Prompts, 1, [0], TimeSpan.FromSeconds(2), processes.Limit);
        using (var pause = new PeriodicTimer(TimeSpan.FromSeconds(10)))
        {
            await pause.WaitForNextTickAsync(processes.Limit);
        }

        Assert.False(impatient.IsCompleted);
        BrokerProcesses.Signal(broker, ProcessSignal.Continue);
        for (byte i = 1; i < 100; i++)
        {
            await Read(i);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), (await Task.WhenAll(appended)).Select(position => position.Offset));
        Assert.Equal(0, (await impatient).Offset);

        // The group may have thought its member dead meanwhile, and deliver again what was not committed: never less, never out of order.
        async Task Read(byte expected)
        {
            while (true)
            {
                var record = (await member.ReadAsync(processes.Limit))!;
                member.Acknowledge(record.Position);
                Assert.InRange(record.Value[0], 0, expected);
                if (record.Value[0] == expected)
                {
                    return;
                }
            }
        }
    }
}
