using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Cli.Chaos;
using Reflux.Contracts.Errors;
using Reflux.Tests.Support;

namespace Reflux.Streaming.Tests;

[Collection(DurableBrokerFixture.Collection)]
[Trait("Speed", "slow")]
public sealed class DurableTopicsTests
{
    [Fact]
    public async Task Where_topics_can_only_be_created_by_hand_the_error_says_how()
    {
        using var directory = new TemporaryDirectory();
        await using var broker = await DurableBroker.StartAsync(DurableBroker.Fetched, directory.File("broker"), CancellationToken.None, createsTopics: false);
        using var limit = new CancellationTokenSource(BrokerFixture.Patience);
        var options = DurableBrokerFixture.OptionsFor(broker);
        options.ConnectTimeoutSeconds = 10; // topics never come, but a broker that has just started must get to say so

        var refused = await Assert.ThrowsAsync<RefluxException>(() => LogConnection.OpenAsync(options, null, TimeProvider.System, NullLoggerFactory.Instance, limit.Token));

        Assert.Equal(ErrorCodes.BrokerUnavailable, refused.Code);
        Assert.Contains("--zookeeper HOST:2181 --create --topic prompts --partitions 8 --replication-factor 1", refused.Remedy, StringComparison.Ordinal);
        Assert.Contains("--topic deadletters --partitions 1", refused.Remedy, StringComparison.Ordinal);
    }
}
