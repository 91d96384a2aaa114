using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Streaming.Tests.Embedded;

/// <summary>Broker processes in one temporary data directory; those that a test leaves are ended.</summary>
internal sealed class BrokerProcesses : IAsyncDisposable
{
    private readonly CancellationTokenSource _limit = new(BrokerFixture.Patience);
    private readonly List<EmbeddedBroker> _brokers = [];
    private readonly TemporaryDirectory _directory = new();

    public string Directory => _directory.Path;

    public KafkaOptions Options { get; } = new() { ConnectTimeoutSeconds = 10 };

    public CancellationToken Limit => _limit.Token;

    public async Task<EmbeddedBroker> AttachOrStartAsync()
    {
        var command = new BrokerCommand(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(BrokerProcesses).Assembly.Location, Directory]);
        var broker = await EmbeddedBroker.AttachOrStartAsync(Directory, command, Options, TimeProvider.System, NullLoggerFactory.Instance, Limit);
        _brokers.Add(broker);
        return broker;
    }

    public Task<LogConnection> ConnectAsync(EmbeddedBroker broker) =>
        LogConnection.OpenAsync(Options, broker.Address, TimeProvider.System, NullLoggerFactory.Instance, Limit);

    public static void Signal(EmbeddedBroker broker, int signal) => Assert.True(ProcessSignal.Send(broker.ProcessId, signal));

    /// <summary>Stops a broker, and returns when all its threads stand: the signal only asks one of them to see to that.</summary>
    public async Task StopAsync(EmbeddedBroker broker)
    {
        Signal(broker, ProcessSignal.Stop);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!Stands(broker))
        {
            Assert.True(await timer.WaitForNextTickAsync(Limit));
        }

        static bool Stands(EmbeddedBroker broker)
        {
            try
            {
                return System.IO.Directory.GetDirectories($"/proc/{broker.ProcessId}/task").All(thread => File.ReadAllText(thread + "/stat").Split(") ")[^1][0] == 'T');
            }
            catch (IOException)
            {
                return false; // a thread ended meanwhile
            }
        }
    }

    public async Task EndedAsync(EmbeddedBroker broker)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (broker.IsAlive)
        {
            Assert.True(await timer.WaitForNextTickAsync(Limit));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers.Where(broker => broker.IsAlive))
        {
            _ = ProcessSignal.Send(broker.ProcessId, ProcessSignal.Kill);
            await EndedAsync(broker);
        }

        _directory.Dispose();
        _limit.Dispose();
    }
}
