using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Reflux.Contracts.Snapshots;
using TorchSharp;

namespace Reflux.Distillation.Compute;

/// <summary>Finds out what really computes here: not what was asked for but what is mapped into the process.</summary>
internal static class EnvironmentProbe
{
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint CoreName();

    private static readonly string[] BlasNames = ["libopenblas", "libmkl_core", "libmkl_rt", "libblis", "libblas", "libcublas.so"];

    public static EnvironmentFingerprint Read(string device, int threads, bool reproducible)
    {
        var assembly = typeof(torch).Assembly.GetName();
        var mapped = MappedLibraries();
        return new EnvironmentFingerprint(
            $"{assembly.Name} {assembly.Version}", torch.__version__, Blas(mapped), Isa(), device, threads, reproducible);
    }

    /// <summary>
    /// Directory name and file name of the first BLAS in the order of <see cref="BlasNames"/>: Debian tells its OpenBLAS flavours apart by the directory
    /// alone. With OpenBLAS also the kernels that it chose, since bits depend on them.
    /// </summary>
    internal static string Blas(IReadOnlyCollection<string> mapped)
    {
        foreach (var name in BlasNames)
        {
            if (mapped.FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)) is { } path)
            {
                return $"{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileName(path)}{Kernels(path)}";
            }
        }

        return "built-in";
    }

    private static string Kernels(string blas)
    {
        if (!NativeLibrary.TryLoad(blas, out var library))
        {
            return "";
        }

        try
        {
            return NativeLibrary.TryGetExport(library, "openblas_get_corename", out var entry)
                ? $" {Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<CoreName>(entry)())}"
                : "";
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    internal static string Isa()
    {
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var vectors = Avx512F.IsSupported ? "avx512" : Avx2.IsSupported ? "avx2" : Avx.IsSupported ? "avx" : AdvSimd.IsSupported ? "neon" : "scalar";
        return $"{architecture} {vectors}";
    }

    private static IReadOnlyCollection<string> MappedLibraries()
    {
        const string maps = "/proc/self/maps";
        if (!File.Exists(maps))
        {
            return [];
        }

        return
        [
            .. File.ReadLines(maps)
                .Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "")
                .Where(path => path.Contains(".so", StringComparison.Ordinal))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }
}
