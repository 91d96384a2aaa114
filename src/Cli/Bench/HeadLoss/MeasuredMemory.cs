using System.Globalization;
using Reflux.Contracts.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.HeadLoss;

/// <summary>
/// Memory as the one who lends it counts it: of this process as the kernel says (proc_pid_status(5)), of a GPU as its driver says. A GPU must do nothing else; libtorch keeps there what
/// it has once taken, so that what is used is also the most that was.
/// </summary>
internal static class MeasuredMemory
{
    private const string Remedy = "measure on a GPU with the driver's tools beside it";

    /// <summary>Bytes in use.</summary>
    public static long Used(Device device) => device.type == DeviceType.CUDA ? OfDevice(Math.Max(0, device.index)) : OfProcess("VmRSS:");

    /// <summary>The most so far.</summary>
    public static long Peak(Device device) => device.type == DeviceType.CUDA ? OfDevice(Math.Max(0, device.index)) : OfProcess("VmHWM:");

    private static long OfProcess(string field)
    {
        const string Status = "/proc/self/status";
        var line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) : null;
        return line is null
            ? throw new RefluxException(ErrorCodes.NotSupportedHere, $"{Status} does not say {field}", "measure memory on Linux")
            : 1024 * long.Parse(line.AsSpan(field.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static long OfDevice(int index)
    {
        string[] arguments = ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id", index.ToString(CultureInfo.InvariantCulture)];
        using var process = ReferenceProcess.Start(new("nvidia-smi", arguments) { RedirectStandardOutput = true }, Remedy);
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return long.TryParse(answer.Trim(), CultureInfo.InvariantCulture, out var megabytes)
            ? megabytes << 20
            : throw new RefluxException(ErrorCodes.NotSupportedHere, $"nvidia-smi does not say what memory of GPU {index} is used: {answer.Trim()}", Remedy);
    }
}
