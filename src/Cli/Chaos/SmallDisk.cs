using System.Diagnostics;

namespace Reflux.Cli.Chaos;

/// <summary>A small disk of its own under a directory, which can be full. Where mounting is refused there is none.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Megabytes = 32;
    private readonly string _directory;

    private SmallDisk(string directory) => _directory = directory;

    private string Ballast => Path.Combine(_directory, "ballast");

    /// <summary>Mounts one, or returns null where that is refused.</summary>
    public static async Task<SmallDisk?> TryMountAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        return OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=700", "reflux-chaos", directory) ? new SmallDisk(directory) : null;
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        using var file = File.Create(Ballast);
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

    public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", _directory);

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
