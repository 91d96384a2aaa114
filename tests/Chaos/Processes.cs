using System.Diagnostics;
using Reflux.Streaming.Embedded;

namespace Reflux.Chaos.Tests;

/// <summary>Real `reflux` processes: start, signal, and look for what was left behind.</summary>
internal static class Processes
{
    /// <summary>Starts `reflux VERB…` with its output piped, and with Ctrl-C as a terminal would have it: who runs the tests in the background may have it ignored.</summary>
    public static Process Reflux(params string[] arguments) => Process.Start(
        new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", typeof(Cli.Application).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        })!;

    /// <summary>Runs `reflux VERB…` to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Reflux(arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Reads lines until one contains <paramref name="text"/>.</summary>
    public static async Task UntilAsync(Process process, string text)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"the process ended before it said '{text}': {await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Returns once a process has written a file; its output is read meanwhile and afterwards, so that it never waits for a reader.</summary>
    public static async Task UntilFileAsync(Process process, string path)
    {
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!File.Exists(path))
        {
            Assert.False(process.HasExited, $"the process ended before it wrote {path}");
            await timer.WaitForNextTickAsync();
        }

        _ = errors;
    }

    public static void Signal(int process, int signal) => Assert.True(ProcessSignal.Send(process, signal));

    /// <summary>Processes whose command line names <paramref name="directory"/>.</summary>
    public static List<string> Naming(string directory) =>
    [
        .. Directory.GetDirectories("/proc")
            .Where(entry => int.TryParse(Path.GetFileName(entry), out var id) && id != Environment.ProcessId)
            .Select(CommandLine)
            .Where(line => line.Contains(directory, StringComparison.Ordinal)),
    ];

    private static string CommandLine(string entry)
    {
        try
        {
            return File.ReadAllText(Path.Combine(entry, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return string.Empty; // it ended while we looked
        }
    }
}
