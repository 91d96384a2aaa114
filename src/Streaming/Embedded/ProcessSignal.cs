using System.Runtime.InteropServices;

namespace Reflux.Streaming.Embedded;

/// <summary>kill(2).</summary>
internal static partial class ProcessSignal
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <returns>False where there is no such process any more, or it is not ours.</returns>
    public static bool Send(int process, int signal) => NativeKill(process, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int NativeKill(int process, int signal);
}
