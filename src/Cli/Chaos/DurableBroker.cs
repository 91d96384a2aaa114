using System.Diagnostics;
using System.Globalization;
using Reflux.Contracts.Errors;
using Reflux.Streaming.Embedded;

namespace Reflux.Cli.Chaos;

/// <summary>
/// Apache Kafka 0.9 on this machine, for chaos and tests: a broker that keeps its log on disk, in a process that can be killed and started again on the same data and port. It has neither
/// topic ids nor headers, idempotent producers or topics by protocol; clients need <see cref="ClientSettings"/>. A ZooKeeper of its own runs beside it. Both end with this process, however that ends.
/// </summary>
internal sealed class DurableBroker : IAsyncDisposable
{
    /// <summary>Names the directory that <c>deploy/setup/durable-broker</c> fetched.</summary>
    public const string Variable = "REFLUX_DURABLE_BROKER";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // The shell becomes the JVM, so that its process id stays. Beside it a watcher waits for a line on the pipe from this process; where that closes without one, this process is dead.
    private const string Owned = "log=$1; shift; exec 3<&0; (read -r line <&3 || kill -9 $$) </dev/null >/dev/null 2>&1 & exec \"$@\" </dev/null 3<&- >>\"$log\" 2>&1";

    private readonly string _libraries;
    private readonly string _directory;
    private readonly string _java;
    private readonly int _port;
    private readonly Process _zooKeeper;
    private Process? _kafka;
    private int _lives;

    private DurableBroker(string libraries, string directory, bool createsTopics, string java)
    {
        _libraries = libraries;
        _directory = directory;
        _java = java;
        _port = UnusedPort.Find();
        var zooKeeperPort = UnusedPort.Find();
        Directory.CreateDirectory(directory);
        Write("log4j.properties", """
            log4j.rootLogger=INFO, out
            log4j.appender.out=org.apache.log4j.ConsoleAppender
            log4j.appender.out.layout=org.apache.log4j.PatternLayout
            log4j.appender.out.layout.ConversionPattern=%d %p %m (%c)%n
            """);
        Write("zookeeper.properties", $"""
            dataDir={directory}/zookeeper
            clientPort={zooKeeperPort}
            clientPortAddress=127.0.0.1
            tickTime=500
            """);
        Write("server.properties", $"""
            broker.id=0
            listeners=PLAINTEXT://127.0.0.1:{_port}
            zookeeper.connect=127.0.0.1:{zooKeeperPort}
            zookeeper.session.timeout.ms=3000
            log.dirs={directory}/log
            log.retention.ms=-1
            log.cleaner.enable=false
            auto.create.topics.enable={(createsTopics ? "true" : "false")}
            num.partitions={Partitions}
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            controlled.shutdown.enable=false
            """);
        _zooKeeper = StartJvm("zookeeper.log", 64, "org.apache.zookeeper.server.quorum.QuorumPeerMain", "zookeeper.properties");
        _kafka = StartKafka();
    }

    /// <summary>Partitions of a topic, which the broker creates when somebody asks for one.</summary>
    public const int Partitions = 8;

    /// <summary>What <c>Kafka:Settings</c> has to say for a broker this old.</summary>
    public static IReadOnlyDictionary<string, string> ClientSettings { get; } = new Dictionary<string, string>
    {
        ["api.version.request"] = "false",
        ["broker.version.fallback"] = "0.9.0.1",
        ["enable.idempotence"] = "false",
    };

    /// <summary>Bootstrap servers.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    private string KafkaLog => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"kafka-{_lives}.log"));

    /// <summary>What was fetched; null where nothing was.</summary>
    public static string? Fetched => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } fetched ? fetched : null;

    /// <summary>Starts ZooKeeper and the broker and returns when the broker serves.</summary>
    /// <param name="fetched"><see cref="Fetched"/>.</param>
    /// <param name="directory">A new directory for data and logs.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="createsTopics">Whether a topic that somebody asks for comes to be.</param>
    /// <param name="java">The program.</param>
    /// <exception cref="RefluxException"><c>not-supported-here</c>: nothing was fetched, or there is no Java.</exception>
    public static async Task<DurableBroker> StartAsync(string? fetched, string directory, CancellationToken cancellation, bool createsTopics = true, string java = "java")
    {
        var libraries = Path.Combine(fetched ?? "", "libs");
        if (fetched is null || !File.Exists(Path.Combine(libraries, "kafka_2.11-0.9.0.1.jar")))
        {
            throw new RefluxException(ErrorCodes.NotSupportedHere, $"the durable broker is not here: {Variable} names no directory with it", "start this through ./reflux, which fetches it, or set the variable to what deploy/setup/durable-broker prints");
        }

        await RequireJavaAsync(java, cancellation);
        var broker = new DurableBroker(libraries, directory, createsTopics, java);
        try
        {
            await broker.UntilServingAsync(cancellation);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9: what the operating system has of its log is all that is left.</summary>
    public async Task KillAsync()
    {
        var process = _kafka!;
        _kafka = null;
        process.Kill();
        await EndAsync(process);
    }

    /// <summary>A new process on the same data and port; returns when it serves.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        _kafka = StartKafka();
        await UntilServingAsync(cancellation);
    }

    /// <summary>SIGSTOP.</summary>
    public void Pause() => _ = ProcessSignal.Send(_kafka!.Id, ProcessSignal.Stop);

    /// <summary>SIGCONT.</summary>
    public void Continue() => _ = ProcessSignal.Send(_kafka!.Id, ProcessSignal.Continue);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _kafka, _zooKeeper }.OfType<Process>())
        {
            process.Kill();
            await EndAsync(process);
        }
    }

    /// <summary>ZooKeeper remembers a dead broker until its session has timed out, and a new one that comes earlier ends at once: then another one is started.</summary>
    private async Task UntilServingAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!File.Exists(KafkaLog) || !File.ReadLines(KafkaLog).Any(line => line.Contains("started (kafka.server.KafkaServer)", StringComparison.Ordinal)))
        {
            if (_zooKeeper.HasExited || patience.IsCancellationRequested)
            {
                throw new RefluxException(ErrorCodes.BrokerUnavailable, $"the durable broker does not start: its last words are in {KafkaLog}", "look there, and into zookeeper.log beside it");
            }

            if (_kafka!.HasExited)
            {
                await EndAsync(_kafka);
                _kafka = StartKafka();
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    private Process StartKafka()
    {
        _lives++;
        return StartJvm(Path.GetFileName(KafkaLog), 192, "kafka.Kafka", "server.properties");
    }

    private Process StartJvm(string log, int megabytes, string main, string configuration) => Process.Start(
        new ProcessStartInfo(
            "/bin/sh",
            [
                "-c", Owned, "durable-broker", Path.Combine(_directory, log), _java, $"-Xmx{megabytes}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                $"-Dlog4j.configuration=file:{_directory}/log4j.properties", "-cp", Path.Combine(_libraries, "*"), main, Path.Combine(_directory, configuration),
            ])
        {
            RedirectStandardInput = true,
            WorkingDirectory = _directory,
        })!;

    /// <summary>Lets the watcher go, which would otherwise look for the process that is gone, and waits for the process' end.</summary>
    private static async Task EndAsync(Process process)
    {
        await process.WaitForExitAsync();
        await process.StandardInput.WriteLineAsync();
        process.Dispose();
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text);

    /// <summary>The shell that starts it would only say on its log that there is none.</summary>
    private static async Task RequireJavaAsync(string java, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(java, "-version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new RefluxException(
                ErrorCodes.NotSupportedHere,
                $"the durable broker needs Java, and '{java}' can't be started: {missing.Message}",
                "start this through ./reflux, which installs one where it may, or install openjdk-17-jre-headless (Debian) or another Java of 8 or later",
                missing);
        }
    }
}
