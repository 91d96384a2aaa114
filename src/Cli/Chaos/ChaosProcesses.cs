using Reflux.Cli.Demo;
using Reflux.Client;
using Reflux.Contracts.Errors;

namespace Reflux.Cli.Chaos;

/// <summary>
/// The processes of a chaos run: a broker, in memory or durable, a silo that is gateway and trainer, and two teachers that know only the broker and the model's files. Each can be
/// killed and started again, or stopped and continued.
/// </summary>
internal sealed class ChaosProcesses : IAsyncDisposable
{
    public const string Broker = "broker";
    public const string Silo = "silo";
    public const string FirstTeacher = "teacher-1";
    public const string SecondTeacher = "teacher-2";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _directory;
    private readonly Dictionary<string, ChildProcess> _running = [];
    private HttpClient _http = new();
    private DurableBroker? _durable;
    private int _successors;

    private ChaosProcesses(string directory) => _directory = directory;

    /// <summary>The silo's data directory.</summary>
    public string Data => Path.Combine(_directory, "data");

    /// <summary>Bootstrap servers.</summary>
    public string BrokerAddress => _durable?.Address ?? Beacon.Address(BeaconOf(Broker));

    /// <summary>What clients of the broker set.</summary>
    public IReadOnlyDictionary<string, string> KafkaSettings => _durable is null ? new Dictionary<string, string>() : DurableBroker.ClientSettings;

    /// <summary>The broker as a verb's flags name it; none for the memory broker of the data directory.</summary>
    public IEnumerable<string> KafkaFlags => _durable is null ? [] : JoinFlags;

    private IEnumerable<string> JoinFlags => ["--kafka", BrokerAddress, .. KafkaSettings.SelectMany(setting => (string[])["--set", $"Kafka:Settings:{setting.Key}={setting.Value}"])];

    /// <summary>Starts all of them and returns when they are up.</summary>
    public static async Task<ChaosProcesses> StartAsync(string directory, bool durable, CancellationToken cancellation)
    {
        var processes = new ChaosProcesses(directory);
        Directory.CreateDirectory(processes.Data);
        try
        {
            if (durable)
            {
                processes._durable = await DurableBroker.StartAsync(DurableBroker.Fetched, Path.Combine(directory, Broker), cancellation);
            }
            else
            {
                processes.Start(Broker);
                await processes.UntilUpAsync(Broker, cancellation);
            }

            foreach (var name in (string[])[Silo, FirstTeacher, SecondTeacher])
            {
                processes.Start(name);
            }

            await processes.UntilSiloAnswersAsync(cancellation);
            foreach (var teacher in (string[])[FirstTeacher, SecondTeacher])
            {
                await processes.UntilUpAsync(teacher, cancellation);
            }

            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a process' output goes, that of all its lives; the successor of a zombie has a log of its own.</summary>
    public string LogOf(string name) => Path.Combine(_directory, name == Silo && _successors > 0 ? $"{name}-{_successors + 1}.log" : $"{name}.log");

    /// <summary>Every line that silos have logged.</summary>
    public IEnumerable<string> SiloLines() => Directory.GetFiles(_directory, $"{Silo}*.log").SelectMany(File.ReadLines);

    /// <summary>A client of the silo as it runs now; a restarted silo has another port.</summary>
    /// <exception cref="HttpRequestException">The silo is not up.</exception>
    public RefluxClient Client() => new(Http());

    /// <inheritdoc cref="Client"/>
    public HttpClient Http()
    {
        try
        {
            var address = new Uri(Beacon.Address(BeaconOf(Silo)).TrimEnd('/') + "/");
            lock (_running)
            {
                return _http.BaseAddress == address ? _http : _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
            }
        }
        catch (FileNotFoundException)
        {
            throw new HttpRequestException("the silo is between two lives");
        }
    }

    /// <summary>Waits until the silo holds its data directory and answers.</summary>
    public Task UntilSiloAnswersAsync(CancellationToken cancellation) => UntilUpAsync(Silo, cancellation);

    /// <summary>kill -9, then what <paramref name="whileDead"/> does, then a new process in its place.</summary>
    public async Task KillAsync(string name, Action? whileDead = null)
    {
        await using (var process = _running[name])
        {
            await process.KillAsync();
        }

        File.Delete(BeaconOf(name));
        whileDead?.Invoke();
        Start(name);
    }

    /// <summary>kill -9 of the durable broker, then a new process on its log; returns when that serves.</summary>
    public async Task KillBrokerAsync(CancellationToken cancellation)
    {
        await _durable!.KillAsync();
        await _durable.RestartAsync(cancellation);
    }

    /// <summary>SIGSTOP, and after <paramref name="time"/> SIGCONT.</summary>
    public async Task StopForAsync(string name, TimeSpan time, CancellationToken cancellation)
    {
        var (pause, goOn) = name == Broker && _durable is { } broker ? ((Action)broker.Pause, (Action)broker.Continue) : (_running[name].Pause, _running[name].Continue);
        pause();
        try
        {
            await Task.Delay(time, cancellation);
        }
        finally
        {
            goOn();
        }
    }

    /// <summary>
    /// Stops the silo and takes its lock away, as if it were given up for dead on a machine that nobody reaches; starts a successor; and when that has done what
    /// <paramref name="succeeded"/> waits for, lets the first one wake up for <paramref name="time"/> before it is killed.
    /// </summary>
    public async Task HauntAsync(Func<Task> succeeded, TimeSpan time, CancellationToken cancellation)
    {
        await using var zombie = _running[Silo];
        zombie.Pause();
        try
        {
            File.Delete(BeaconOf(Silo));
            File.Delete(Path.Combine(Data, "silo.lock"));
            _successors++;
            Start(Silo);
            await succeeded();
        }
        finally
        {
            zombie.Continue();
        }

        await Task.Delay(time, cancellation);
        await zombie.KillAsync();
    }

    /// <summary>Orderly end: what runs is finished. A process that has just been started comes up before it is asked.</summary>
    /// <exception cref="RefluxException">It did not end in order.</exception>
    public async Task LeaveAsync(string name, CancellationToken cancellation)
    {
        await UntilUpAsync(name, cancellation);
        await using var process = _running[name];
        _running.Remove(name);
        if (await process.StopAsync(Patience) is not 0 and var code)
        {
            throw new RefluxException(ErrorCodes.Internal, $"{name} exited with code {code} when it was asked to leave", $"see {LogOf(name)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var name in (string[])[FirstTeacher, SecondTeacher, Silo, Broker])
        {
            if (_running.Remove(name, out var process))
            {
                await process.DisposeAsync();
            }
        }

        if (_durable is not null)
        {
            await _durable.DisposeAsync();
        }
    }

    private Task UntilUpAsync(string name, CancellationToken cancellation) => _running[name].UntilUpAsync(BeaconOf(name), Patience, cancellation);

    /// <summary>The file by which a process says that it is up.</summary>
    private string BeaconOf(string name) => name switch
    {
        Broker => Path.Combine(Data, "broker.json"),
        Silo => Path.Combine(Data, "silo.json"),
        _ => Path.Combine(_directory, name, "silo.json"),
    };

    private void Start(string name) => _running[name] = ChildProcess.Start(LogOf(name), name switch
    {
        Broker => ["broker", "--data", Data, "--owned"],
        Silo => ["silo", "--data", Data, "--roles", "gateway,student", .. KafkaFlags, "--port", "0", "--threads", "1", "--owned", "--set", "Archive:SegmentSeconds=1"],
        _ => ["silo", "--data", Path.Combine(_directory, name), "--roles", "teacher", .. JoinFlags, "--port", "0", "--threads", "1", "--owned"],
    });
}
