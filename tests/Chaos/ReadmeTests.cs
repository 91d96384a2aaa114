using System.Diagnostics;
using System.Text.Json;
using Reflux.Cli;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>The README's "Going on", word for word: every line succeeds, in the order in which it stands there.</summary>
[Collection("processes")]
public sealed class ReadmeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Every_line_of_going_on_succeeds()
    {
        var lines = GoingOn();
        Assert.StartsWith("./reflux silo ", lines[0], StringComparison.Ordinal);
        Directory.CreateSymbolicLink(_directory.File("samples"), RepositoryRoot.File("samples"));
        var launcher = _directory.File("reflux");
        await File.WriteAllTextAsync(launcher, $"#!/bin/sh\nexec dotnet '{typeof(Application).Assembly.Location}' \"$@\"\n");
        using (var chmod = Shell("chmod +x ./reflux", server: null))
        {
            await chmod.WaitForExitAsync();
        }

        // a port of its own, since 8420 may be taken on the machine that tests
        using var silo = Shell($"exec {lines[0]} --port 0 --owned", server: null);
        var siloOutput = Task.WhenAll(silo.StandardOutput.ReadToEndAsync(), silo.StandardError.ReadToEndAsync());
        try
        {
            var server = await AddressAsync(silo, siloOutput);
            var last = "";
            foreach (var line in lines[1..])
            {
                using var process = Shell(line, server);
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEndAsync();
                var errors = process.StandardError.ReadToEndAsync();
                await process.WaitForExitAsync();
                last = await output;
                Assert.True(process.ExitCode == ExitCodes.Done, $"'{line}' exited {process.ExitCode}: {last}{await errors}");
            }

            Assert.StartsWith("./reflux generate ", lines[^1], StringComparison.Ordinal);
            Assert.NotEqual("", last.Trim());
        }
        finally
        {
            silo.StandardInput.Close();
            await silo.WaitForExitAsync();
            await EndBrokerAsync();
            await siloOutput;
        }

        Assert.Equal(ExitCodes.Done, silo.ExitCode);
    }

    public void Dispose() => _directory.Dispose();

    private static List<string> GoingOn()
    {
        var section = File.ReadLines(RepositoryRoot.File("README.md")).SkipWhile(line => line != "## Going on").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        return [.. section.Where(line => line.StartsWith("./reflux ", StringComparison.Ordinal))];
    }

    private Process Shell(string line, string? server)
    {
        var start = new ProcessStartInfo("bash", ["-c", line])
        {
            WorkingDirectory = _directory.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["REFLUX_SERVER"] = server;
        return Process.Start(start)!;
    }

    private async Task<string> AddressAsync(Process silo, Task<string[]> output)
    {
        var beacon = Beacon("silo.json");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!File.Exists(beacon))
        {
            if (silo.HasExited)
            {
                Assert.Fail($"the silo ended: {string.Concat(await output)}");
            }

            await timer.WaitForNextTickAsync();
        }

        return (await ReadAsync(beacon)).GetProperty("address").GetString()!;
    }

    /// <summary>The embedded broker outlives its silo by a minute; nothing may outlive a test.</summary>
    private async Task EndBrokerAsync()
    {
        if (File.Exists(Beacon("broker.json")))
        {
            using var broker = Process.GetProcessById((await ReadAsync(Beacon("broker.json"))).GetProperty("processId").GetInt32());
            Processes.Signal(broker.Id, ProcessSignal.Terminate);
            await broker.WaitForExitAsync();
        }
    }

    private string Beacon(string file) => Path.Combine(_directory.Path, "data", file);

    private static async Task<JsonElement> ReadAsync(string file)
    {
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        return document.RootElement.Clone();
    }
}
