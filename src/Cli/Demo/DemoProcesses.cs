using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Client;
using Reflux.Contracts.Errors;
using Reflux.Streaming;

namespace Reflux.Cli.Demo;

/// <summary>The broker and the silo of a demo, each a process of its own on loopback and a free port.</summary>
internal sealed class DemoProcesses : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory;
    private readonly string _data;
    private readonly ChildProcess _broker;
    private ChildProcess _silo;
    private HttpClient _http = new();
    private LogConnection? _log;

    private DemoProcesses(string directory, ChildProcess broker, ChildProcess silo)
    {
        _directory = directory;
        _data = Path.Combine(directory, "data");
        _broker = broker;
        _silo = silo;
    }

    /// <summary>The demo's own connection to the broker.</summary>
    public LogConnection Log => _log ?? throw new InvalidOperationException("the broker is not connected yet");

    public int BrokerId => _broker.Id;

    /// <summary>A client of the silo as it runs now; a restarted silo has another port.</summary>
    public RefluxClient Client() => new(_http);

    public static async Task<DemoProcesses> StartAsync(DemoOptions options, LiveView view, CancellationToken cancellation)
    {
        var data = Path.Combine(options.Directory, "data");
        DemoDirectory.Prepare(options.Directory);
        Directory.CreateDirectory(data);
        var broker = ChildProcess.Start(Path.Combine(options.Directory, "broker.log"), "broker", "--data", data, "--owned");
        DemoProcesses processes;
        try
        {
            await broker.UntilUpAsync(Path.Combine(data, "broker.json"), Patience, cancellation);
            processes = new DemoProcesses(options.Directory, broker, StartSilo(options.Directory, data));
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }

        try
        {
            processes._log = await LogConnection.OpenAsync(new KafkaOptions(), Beacon.Address(Path.Combine(data, "broker.json")), TimeProvider.System, NullLoggerFactory.Instance, cancellation);
            await processes.ConnectAsync(cancellation);
            view.Say($"broker (process {broker.Id}) and silo (process {processes._silo.Id}, {processes._http.BaseAddress}) are up");
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9 of the silo, then a new one on the same data directory and the same broker.</summary>
    public async Task RestartSiloAsync(CancellationToken cancellation)
    {
        await _silo.KillAsync();
        File.Delete(Path.Combine(_data, "silo.json"));
        _silo = StartSilo(_directory, _data);
        await ConnectAsync(cancellation);
    }

    /// <summary>Orderly end: the silo finishes its step, checkpoints and leaves; then the broker.</summary>
    public async Task StopAsync()
    {
        await CloseLogAsync();
        var code = await _silo.StopAsync(Patience);
        await _broker.StopAsync(Patience);
        if (code != 0)
        {
            throw new RefluxException(ErrorCodes.Internal, $"the silo exited with code {code}", $"see {Path.Combine(_directory, "silo.log")}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await CloseLogAsync();
        await _silo.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private async Task CloseLogAsync()
    {
        if (_log is { } open)
        {
            _log = null;
            await open.DisposeAsync();
        }
    }

    private static ChildProcess StartSilo(string directory, string data) =>
        ChildProcess.Start(Path.Combine(directory, "silo.log"), "silo", "--data", data, "--port", "0", "--owned");

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        var file = Path.Combine(_data, "silo.json");
        await _silo.UntilUpAsync(file, Patience, cancellation);
        _http = new HttpClient { BaseAddress = new Uri(Beacon.Address(file).TrimEnd('/') + "/"), Timeout = TimeSpan.FromMinutes(3) };
    }
}
