using System.Diagnostics;
using System.Text.Json;
using Reflux.Cli;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>A silo that can't start says why, names the remedy and exits 1; one that runs leaves in order.</summary>
[Collection("processes")]
public sealed class SiloProcessTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<Process> _owned = [];

    public async Task InitializeAsync()
    {
        await StartAsync("broker.json", "broker", "--data", _directory.Path, "--owned");
        await StartAsync("silo.json", "silo", "--data", _directory.Path, "--port", "0", "--roles", "gateway", "--owned");
    }

    [Fact]
    public Task A_second_silo_on_a_data_directory_is_refused() => AssertRefusedAsync("data-directory-in-use", "--data", _directory.Path, "--port", "0");

    [Fact]
    public Task A_port_in_use_is_refused() => AssertRefusedAsync(
        "port-in-use", "--data", _directory.File("other"), "--port", $"{new Uri(Described("silo.json")).Port}", "--roles", "gateway", "--kafka", Described("broker.json"));

    [Fact]
    public Task A_port_that_is_none_is_refused() => AssertRefusedAsync("option-out-of-range", "--data", _directory.File("other"), "--port", "70000");

    [Fact]
    public async Task A_silo_that_loses_its_owner_leaves_in_order()
    {
        var silo = _owned[1];

        silo.StandardInput.Close();
        await silo.WaitForExitAsync();

        Assert.Equal(ExitCodes.Done, silo.ExitCode);
        Assert.False(File.Exists(_directory.File("silo.json")));
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _owned.AsEnumerable().Reverse())
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _directory.Dispose();
    }

    private static async Task AssertRefusedAsync(string code, params string[] arguments)
    {
        var (exit, _, errors) = await Processes.RunAsync(["silo", .. arguments]);

        Assert.True(exit == ExitCodes.Failed && errors.Contains(code, StringComparison.Ordinal), $"exit code {exit}: {errors}");
        Assert.Contains("what to do:", errors, StringComparison.Ordinal);
    }

    private async Task StartAsync(string beacon, params string[] arguments)
    {
        using var watcher = new FileSystemWatcher(_directory.Path, beacon) { EnableRaisingEvents = true };
        var lit = new TaskCompletionSource();
        watcher.Created += (_, _) => lit.TrySetResult();
        watcher.Renamed += (_, _) => lit.TrySetResult();
        var process = Processes.Reflux(arguments);
        _owned.Add(process);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync();
        if (await Task.WhenAny(lit.Task, process.WaitForExitAsync()) != lit.Task)
        {
            Assert.Fail($"{arguments[0]} ended: {await errors}");
        }
    }

    private string Described(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(_directory.File(file)));
        return json.RootElement.GetProperty("address").GetString()!;
    }
}
