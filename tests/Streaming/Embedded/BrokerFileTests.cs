using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Streaming.Tests.Embedded;

public sealed class BrokerFileTests
{
    private readonly BrokerFile _file = new()
    {
        Address = "127.0.0.1:1",
        ProcessId = 7,
        ProcessStart = "8",
        StartedAt = DateTimeOffset.UnixEpoch,
        RecordedAt = DateTimeOffset.UnixEpoch.AddHours(1),
        Topics = new Dictionary<string, BrokerTopic>
        {
            [Topics.Prompts] = new(Guid.NewGuid(), [10, 20], [4, 20]),
            [Topics.Labels] = new(Guid.NewGuid(), [0, 3]),
        },
    };

    [Fact]
    public void What_is_written_is_read_back_and_anything_else_counts_as_no_file()
    {
        using var temporary = new TemporaryDirectory();
        var directory = temporary.Path;
        Assert.Null(BrokerFile.TryRead(directory));
        _file.Write(directory);
        var read = BrokerFile.TryRead(directory);
        Assert.NotNull(read);
        Assert.Equal((_file.Address, _file.ProcessId, _file.ProcessStart, _file.RecordedAt), (read.Address, read.ProcessId, read.ProcessStart, read.RecordedAt));
        Assert.Equal(_file.Topics[Topics.Prompts].Read, read.Topics[Topics.Prompts].Read);
        Assert.Null(read.Topics[Topics.Labels].Read);
        File.WriteAllText(Path.Combine(directory, BrokerFile.Name), "{");
        Assert.Null(BrokerFile.TryRead(directory));
    }

    [Fact]
    public void A_lost_broker_is_counted_by_what_nobody_had_read()
    {
        var lost = LostBroker.From(_file);
        Assert.Equal(6, lost.UnreadPrompts);
        var (log, end) = Assert.Single(lost.LabelEnds);
        Assert.Equal((_file.Topics[Topics.Labels].Id, 1, 3L), (log.Topic, log.Partition, end));
    }
}
