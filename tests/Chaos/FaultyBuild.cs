using System.Diagnostics;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>The command line built with fault points, in an output folder of its own; built once for all tests of the class.</summary>
public sealed class FaultyBuild : IAsyncLifetime
{
    /// <summary>Its program.</summary>
    public static string Program { get; } = RepositoryRoot.File("artifacts", "fault-points", "bin", "Reflux.Cli", "release", "Reflux.Cli.dll");

    public async Task InitializeAsync()
    {
        var start = new ProcessStartInfo(
            "dotnet", ["build", RepositoryRoot.File("src", "Cli"), "-c", "Release", "-p:FaultPoints=true", "-v", "quiet", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-clp:NoSummary"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var build = Process.Start(start)!;
        var output = Task.WhenAll(build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync());
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, string.Concat(await output));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Starts `reflux VERB…` of that build with a plan.</summary>
    public static Process Start(string plan, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["REFLUX_FAULTS"] = plan;
        // a life of seconds has nothing of profiles
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }
}
