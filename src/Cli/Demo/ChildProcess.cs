using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Reflux.Cli.Demo;

/// <summary>
/// A `reflux` process that this one owns: its output goes to a log file, its standard input is a pipe that closes when this process dies,
/// which ends the child however this process ends.
/// </summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private readonly Process _process;
    private readonly Task _logging;

    private ChildProcess(Process process, Task logging) => (_process, _logging) = (process, logging);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts `reflux VERB…` with the same executable as this process.</summary>
    public static ChildProcess Start(string logFile, params string[] arguments)
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

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        var log = TextWriter.Synchronized(new StreamWriter(logFile, append: true) { AutoFlush = true });
        return new ChildProcess(process, LogAsync(process, log));
    }

    /// <summary>kill -9: nothing of the process gets to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, then, if it has not left after <paramref name="patience"/>, kill -9. Returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Terminate);
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

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
