using System.Diagnostics;
using Reflux.Contracts.Faults;

namespace Reflux.Cli.Chaos;

/// <summary>
/// A small disk of its own under a directory, which can be full. Where mounting is refused it is made up by a fault point, in builds that have them (docs/fault-points.md); in others
/// there is none.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Megabytes = 32;
    private readonly string _directory;
    private readonly bool _mounted;

    private SmallDisk(string directory, bool mounted) => (_directory, _mounted) = (directory, mounted);

    /// <summary>How it comes to be full.</summary>
    public string Kind => _mounted ? "tmpfs" : "fault point";

    /// <summary>What takes its room; of a disk that is made up, the file that says that it is full.</summary>
    private string Ballast => BallastIn(_directory);

    /// <summary>Mounts one, or returns null where that is refused.</summary>
    public static async Task<SmallDisk?> TryMountAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        if (OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=700", "reflux-chaos", directory))
        {
            return new SmallDisk(directory, mounted: true);
        }

        if (FaultPoint.FullDiskWhile(BallastIn(directory)) is not { } plan)
        {
            return null;
        }

        // every process that is started from here on inherits it
        Environment.SetEnvironmentVariable(FaultPoint.Variable, plan);
        return new SmallDisk(directory, mounted: false);
    }

    /// <summary>Leaves no room; again, where some has come up since.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append);
        if (!_mounted)
        {
            return;
        }

        var block = new byte[1 << 16];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        if (_mounted)
        {
            await RunAsync("umount", "-l", _directory);
        }
    }

    private static string BallastIn(string directory) => Path.Combine(directory, "ballast");

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
