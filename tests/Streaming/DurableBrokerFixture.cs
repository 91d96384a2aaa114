using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Cli.Chaos;
using Reflux.Tests.Support;

namespace Reflux.Streaming.Tests;

/// <summary>One durable broker for the tests of a class; connections are those of one test at a time.</summary>
public sealed class DurableBrokerFixture : ILogBroker, IAsyncLifetime
{
    /// <summary>Of the tests that start one, which takes two JVMs: one after the other.</summary>
    public const string Collection = "durable";

    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(5));
    private readonly List<LogConnection> _connections = [];
    private DurableBroker? _broker;

    public CancellationToken Limit => _limit.Token;

    public async Task InitializeAsync() => _broker = await DurableBroker.StartAsync(DurableBroker.Fetched, _directory.File("broker"), Limit);

    public async Task<LogConnection> ConnectAsync()
    {
        var connection = await LogConnection.OpenAsync(OptionsFor(_broker!), embeddedAddress: null, TimeProvider.System, NullLoggerFactory.Instance, Limit);
        lock (_connections)
        {
            _connections.Add(connection);
        }

        return connection;
    }

    /// <summary>All that a client has to be told.</summary>
    internal static KafkaOptions OptionsFor(DurableBroker broker)
    {
        var options = new KafkaOptions { BootstrapServers = broker.Address, Settings = new(DurableBroker.ClientSettings, StringComparer.Ordinal) };
        Assert.True(new KafkaOptionsValidator().Validate(null, options).Succeeded);
        return options;
    }

    public Task KillAsync() => _broker!.KillAsync();

    public Task RestartAsync() => _broker!.RestartAsync(Limit);

    /// <summary>Closes the connections of a test.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        _connections.Clear();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _directory.Dispose();
        _limit.Dispose();
    }
}
