using Reflux.Cli.Chaos;
using Reflux.Contracts.Errors;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests.Chaos;

/// <summary>What it says where it can't start; <c>tests/Streaming</c> and <c>tests/Chaos</c> use it.</summary>
public sealed class DurableBrokerTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("/nonexistent")]
    public async Task What_was_not_fetched_is_refused_with_what_to_do(string? fetched)
    {
        using var directory = new TemporaryDirectory();
        var refused = await Assert.ThrowsAsync<RefluxException>(() => DurableBroker.StartAsync(fetched, directory.File("broker"), CancellationToken.None));
        Assert.Equal(ErrorCodes.NotSupportedHere, refused.Code);
        Assert.Contains("./reflux", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Java_it_says_so()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.File("libs"));
        await File.WriteAllTextAsync(directory.File(Path.Combine("libs", "kafka_2.11-0.9.0.1.jar")), "");

        var refused = await Assert.ThrowsAsync<RefluxException>(
            () => DurableBroker.StartAsync(directory.Path, directory.File("broker"), CancellationToken.None, java: directory.File("java")));

        Assert.Equal(ErrorCodes.NotSupportedHere, refused.Code);
        Assert.Contains("needs Java", refused.Message, StringComparison.Ordinal);
        Assert.Contains("openjdk", refused.Remedy, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory.File("broker")));
    }
}
