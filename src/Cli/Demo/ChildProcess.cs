using System.Diagnostics;
using Reflux.Contracts.Errors;
using Reflux.Streaming.Embedded;

namespace Reflux.Cli.Demo;

/// <summary>
/// A `reflux` process that this one owns: its output goes to a log file, its standard input is a pipe that closes when this process dies,
/// which ends the child however this process ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _logging;
    private readonly string _logFile;

    private ChildProcess(Process process, Task logging, string logFile) => (_process, _logging, _logFile) = (process, logging, logFile);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts `reflux VERB…` with the same executable as this process.</summary>
    public static ChildProcess Start(string logFile, params string[] arguments)
    {
        var process = StartPiped(arguments);
        var log = TextWriter.Synchronized(new StreamWriter(logFile, append: true) { AutoFlush = true });
        return new ChildProcess(process, LogAsync(process, log), logFile);
    }

    /// <summary>Runs `reflux VERB…` to its end with the same executable as this process.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = StartPiped(arguments);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Returns when it has written its beacon.</summary>
    /// <exception cref="RefluxException"><c>internal</c>: it ended first, or took longer than <paramref name="patience"/>.</exception>
    public async Task UntilUpAsync(string beacon, TimeSpan patience, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!File.Exists(beacon))
        {
            if (_process.HasExited || timeout.IsCancellationRequested)
            {
                throw new RefluxException(ErrorCodes.Internal, $"the {Path.GetFileNameWithoutExtension(_logFile)} did not come up", $"see {_logFile}");
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>kill -9: nothing of the process gets to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _logging;
    }

    /// <summary>SIGSTOP: the process does nothing more, and to others it looks as if the machine had frozen.</summary>
    public void Pause() => _ = ProcessSignal.Send(_process.Id, ProcessSignal.Stop);

    /// <summary>SIGCONT: it goes on where it was.</summary>
    public void Continue() => _ = ProcessSignal.Send(_process.Id, ProcessSignal.Continue);

    /// <summary>SIGTERM, then, if it has not left after <paramref name="patience"/>, kill -9. Returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited)
        {
            _ = ProcessSignal.Send(_process.Id, ProcessSignal.Terminate);
            using var timeout = new CancellationTokenSource(patience);
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        await _logging;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(20));
        _process.Dispose();
    }

    private static Process StartPiped(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
    }

    private static async Task LogAsync(Process process, TextWriter log)
    {
        await using (log)
        {
            await Task.WhenAll(CopyAsync(process.StandardOutput, log), CopyAsync(process.StandardError, log));
        }
    }

    private static async Task CopyAsync(StreamReader source, TextWriter log)
    {
        while (await source.ReadLineAsync() is { } line)
        {
            await log.WriteLineAsync(line);
        }
    }
}
