using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Streaming.Embedded;

namespace Reflux.Streaming.Tests;

/// <summary>An embedded broker in this process, and connections to it.</summary>
public sealed class BrokerFixture : ILogBroker
{
    /// <summary>No test waits longer than this for anything, unless it says why.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _limit;
    private readonly List<LogConnection> _connections = [];

    public BrokerFixture(Action<KafkaOptions>? configure = null, TimeSpan? patience = null)
    {
        _limit = new(patience ?? Patience);
        configure?.Invoke(Options);
        Server = new EmbeddedBrokerServer(Options);
    }

    public KafkaOptions Options { get; } = new();

    public EmbeddedBrokerServer Server { get; }

    /// <summary>Ends a test that hangs.</summary>
    public CancellationToken Limit => _limit.Token;

    public async Task<LogConnection> ConnectAsync()
    {
        var connection = await LogConnection.OpenAsync(Options, Server.Address, TimeProvider.System, NullLoggerFactory.Instance, Limit);
        lock (_connections)
        {
            _connections.Add(connection);
        }

        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        Server.Dispose();
        _limit.Dispose();
    }
}
