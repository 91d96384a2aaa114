using Reflux.Cli.Demo;

namespace Reflux.Cli.Bench.Logs;

/// <summary>A process of a benchmark that writes a file with their address once it is up.</summary>
internal sealed class BenchProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _process;

    private BenchProcess(ChildProcess process, string address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>An embedded broker.</summary>
    public static Task<BenchProcess> StartAsync(string directory, CancellationToken cancellation)
    {
        var data = Path.Combine(directory, "data");
        return StartAsync(Path.Combine(directory, "broker.log"), Path.Combine(data, "broker.json"), ["broker", "--data", data, "--owned"], cancellation);
    }

    /// <summary>`reflux VERB…`, and returns when it says where it listens.</summary>
    public static async Task<BenchProcess> StartAsync(string log, string beacon, string[] arguments, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(beacon)!);
        File.Delete(beacon);
        var process = ChildProcess.Start(log, arguments);
        try
        {
            await process.UntilUpAsync(beacon, Patience, cancellation);
            return new BenchProcess(process, Beacon.Address(beacon));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
