using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Reflux.Streaming.Embedded;

/// <summary>Tells a living process from a dead one whose number another process has got meanwhile.</summary>
internal static class ProcessIdentity
{
    /// <summary>The start of this process, as <see cref="IsAlive"/> compares it.</summary>
    public static string OwnStart
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return StartOf(self);
        }
    }

    /// <summary>True where that very process still runs.</summary>
    public static bool IsAlive(int processId, string start)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return StartOf(process) == start && !IsZombie(processId);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    // Linux: clock ticks from boot to start, the same number for whoever asks.
    private static string StartOf(Process process) => OperatingSystem.IsLinux()
        ? ReadStat(process.Id)[19]
        : process.StartTime.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Killed, and its parent has not asked how it ended.</summary>
    private static bool IsZombie(int processId) => OperatingSystem.IsLinux() && ReadStat(processId)[0] is "Z" or "X";

    /// <summary>The fields of /proc/pid/stat from "state" (field 3) on; the command's name before them may hold anything.</summary>
    private static string[] ReadStat(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException exception)
        {
            throw new InvalidOperationException("the process is gone", exception);
        }
    }
}
