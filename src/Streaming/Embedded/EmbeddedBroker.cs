using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Embedded;

/// <summary>The embedded broker's process as a silo sees it: started by this silo, or found running from before.</summary>
public sealed partial class EmbeddedBroker
{
    private const string LogName = "broker.log";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    // A session of its own: neither Ctrl-C in the silo's terminal nor the silo's end reaches the broker, and it holds none of the silo's pipes open.
    private const string Detach = "log=$1; shift; if command -v setsid >/dev/null 2>&1; then set -- setsid \"$@\"; fi; exec \"$@\" </dev/null >\"$log\" 2>&1";

    private readonly BrokerFile _file;
    private readonly TimeProvider _time;

    private EmbeddedBroker(BrokerFile file, TimeProvider time, bool attached, LostBroker? lost)
    {
        _file = file;
        _time = time;
        Attached = attached;
        Lost = lost;
    }

    /// <summary>Bootstrap servers.</summary>
    public string Address => _file.Address;

    /// <summary>The broker's process.</summary>
    public int ProcessId => _file.ProcessId;

    /// <summary>True where the broker ran already, with its log.</summary>
    public bool Attached { get; }

    /// <summary>The broker that ran in this data directory before, where it is gone.</summary>
    public LostBroker? Lost { get; }

    /// <summary>Attaches to the broker that <c>broker.json</c> names where that process lives and holds the logs that the file names; otherwise starts a new one.</summary>
    /// <param name="dataDirectory">The silo's data directory.</param>
    /// <param name="command">Starts a broker for that directory.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where a lost broker is reported.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException"><c>broker-unavailable</c>: it lives but does not answer, or a new one did not start.</exception>
    public static async Task<EmbeddedBroker> AttachOrStartAsync(
        string dataDirectory, BrokerCommand command, KafkaOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        var logger = loggers.CreateLogger<EmbeddedBroker>();
        var former = BrokerFile.TryRead(dataDirectory);
        if (former is not null && ProcessIdentity.IsAlive(former.ProcessId, former.ProcessStart))
        {
            await VerifyAsync(former, dataDirectory, options, time, loggers, cancellationToken);
            AttachedTo(logger, former.Address, former.ProcessId);
            return new EmbeddedBroker(former, time, attached: true, lost: null);
        }

        var lost = former is null ? null : LostBroker.From(former);
        if (lost is not null)
        {
            Report(logger, lost.UnreadPrompts > 0 || lost.LabelEnds.Count > 0 ? LogLevel.Warning : LogLevel.Information, lost.Message);
        }

        var file = await StartAsync(dataDirectory, command, options, time, former, cancellationToken);
        StartedNew(logger, file.Address, file.ProcessId);
        return new EmbeddedBroker(file, time, attached: false, lost);
    }

    /// <summary>Address of the broker that runs for a data directory; null where none does. Starts nothing.</summary>
    public static string? FindAddress(string dataDirectory) =>
        BrokerFile.TryRead(dataDirectory) is { } file && ProcessIdentity.IsAlive(file.ProcessId, file.ProcessStart) ? file.Address : null;

    /// <summary>True while its process runs.</summary>
    public bool IsAlive => ProcessIdentity.IsAlive(_file.ProcessId, _file.ProcessStart);

    /// <summary>Ends the broker, and with it what it holds: politely, and after ten seconds by force.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        Signal(ProcessSignal.Terminate);
        while (IsAlive)
        {
            if (_time.GetElapsedTime(start) > TimeSpan.FromSeconds(10))
            {
                Signal(ProcessSignal.Kill);
            }

            await Task.Delay(Poll, _time, cancellationToken);
        }
    }

    private static async Task VerifyAsync(BrokerFile file, string directory, KafkaOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await LogConnection.OpenAsync(options, file.Address, time, loggers, cancellationToken);
            if (file.Topics.All(topic => connection.KnownTopic(topic.Key).Id == topic.Value.Id))
            {
                return;
            }
        }
        catch (RefluxException exception) when (exception.Code == ErrorCodes.BrokerUnavailable)
        {
            throw Silent(exception);
        }

        throw Silent(null);

        RefluxException Silent(Exception? inner) => new(
            ErrorCodes.BrokerUnavailable,
            $"Process {file.ProcessId} holds the log of '{directory}' at {file.Address}, but does not answer as that broker.",
            $"Resume it if it is stopped (kill -CONT {file.ProcessId}); ending it loses what it holds in memory, and the next start makes a new one.",
            inner);
    }

    private static async Task<BrokerFile> StartAsync(string directory, BrokerCommand command, KafkaOptions options, TimeProvider time, BrokerFile? former, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Detach, "reflux-broker", Path.Combine(directory, LogName), command.FileName, .. command.Arguments]))
            ?? throw new InvalidOperationException("no process was started");
        try
        {
            return await AnnouncedAsync(process, directory, command, options, time, former, cancellationToken);
        }
        catch when (!process.HasExited)
        {
            _ = ProcessSignal.Send(process.Id, ProcessSignal.Terminate);
            throw;
        }
    }

    private static async Task<BrokerFile> AnnouncedAsync(
        Process process, string directory, BrokerCommand command, KafkaOptions options, TimeProvider time, BrokerFile? former, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (BrokerFile.TryRead(directory) is { } file && (file.ProcessId, file.ProcessStart) != (former?.ProcessId, former?.ProcessStart) && ProcessIdentity.IsAlive(file.ProcessId, file.ProcessStart))
            {
                return file;
            }

            var failed = process.HasExited && process.ExitCode != 0;
            if (failed || time.GetElapsedTime(start).TotalSeconds > options.Embedded.StartTimeoutSeconds)
            {
                var log = Path.Combine(directory, LogName);
                throw new RefluxException(
                    ErrorCodes.BrokerUnavailable,
                    $"The embedded broker's process {(failed ? $"ended with exit code {process.ExitCode}" : "wrote no address in time")}: {LastLine(log)}",
                    $"See {log}; '{command.FileName}' must be able to run and to write '{directory}'.");
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private static string LastLine(string log) => File.Exists(log) ? File.ReadLines(log).LastOrDefault(line => line.Length > 0) ?? "it said nothing" : "it said nothing";

    private void Signal(int signal)
    {
        if (IsAlive)
        {
            _ = ProcessSignal.Send(ProcessId, signal); // it may end between the two
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Attached to the embedded broker at {Address} (process {ProcessId})")]
    private static partial void AttachedTo(ILogger logger, string address, int processId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Started the embedded broker at {Address} (process {ProcessId})")]
    private static partial void StartedNew(ILogger logger, string address, int processId);

    [LoggerMessage(Message = "{Text}")]
    private static partial void Report(ILogger logger, LogLevel level, string text);
}
