using System.Globalization;
using Reflux.Contracts.Errors;

namespace Reflux.Cli.Bench.HeadLoss;

/// <summary>What the kernel says of this process' memory (proc_pid_status(5)).</summary>
internal static class ProcessMemory
{
    /// <summary>VmRSS.</summary>
    public static long ResidentBytes => Read("VmRSS:");

    /// <summary>VmHWM: the largest VmRSS so far.</summary>
    public static long PeakBytes => Read("VmHWM:");

    private static long Read(string field)
    {
        const string Status = "/proc/self/status";
        var line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) : null;
        return line is null
            ? throw new RefluxException(ErrorCodes.NotSupportedHere, $"{Status} does not say {field}", "measure memory on Linux")
            : 1024 * long.Parse(line.AsSpan(field.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
