using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Interop;

/// <summary>Finds the shim beside the assembly and decides which BLAS libtorch is going to use.</summary>
internal static partial class NativeLibraryLoader
{
    private static readonly Lazy<nint> Shim = new(Load);

#pragma warning disable CA2255 // the resolver must be in place before the first P/Invoke of this assembly, whoever makes it
    [ModuleInitializer]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);
#pragma warning restore CA2255

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Native.Library ? Shim.Value : 0;

    private static nint Load()
    {
        NameKernels();
        PreloadOpenMpBlas();
        string shim = Path.Combine(AppContext.BaseDirectory, "libreflux_torch.so");
        if (!File.Exists(shim))
        {
            shim = Path.Combine(Path.GetDirectoryName(typeof(NativeLibraryLoader).Assembly.Location) ?? "", "libreflux_torch.so");
        }

        return NativeLibrary.Load(shim);
    }

    // Debian's libtorch asks for libblas.so.3 and gets the slow reference BLAS unless an administrator chose another one; the
    // pthread flavour of OpenBLAS fights libtorch's OpenMP threads. A library that is already loaded under that soname wins, so
    // the OpenMP flavour is loaded by its path first. Where it does not exist libtorch brings its own BLAS.
    private static void PreloadOpenMpBlas()
    {
        string triplet = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        string folder = $"/usr/lib/{triplet}/openblas-openmp";
        foreach (string name in (ReadOnlySpan<string>)["libopenblas.so.0", "libblas.so.3", "liblapack.so.3"])
        {
            string file = Path.Combine(folder, name);
            if (File.Exists(file))
            {
                NativeLibrary.TryLoad(file, out _);
            }
        }
    }

    // OpenBLAS chooses its kernels by the CPU's model number when it is loaded, and takes those of 2004 for a model younger than itself: products
    // then take 3 to 20 times longer. What the CPU can do is the better guide; who set the variable himself keeps his choice. The
    // managed environment is a copy that no native library sees, hence libc.
    private static void NameKernels()
    {
        string? kernels = Avx512F.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported ? "SkylakeX"
            : Avx2.IsSupported && Fma.IsSupported ? "Haswell"
            : null;
        if (kernels is not null && SetEnvironment("OPENBLAS_CORETYPE", kernels, overwrite: 0) != 0)
        {
            throw new InvalidOperationException("libc refused to set OPENBLAS_CORETYPE");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
