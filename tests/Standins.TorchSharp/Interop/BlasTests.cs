using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Reflux.Standins.TorchSharp.Tests.Interop;

public sealed class BlasTests
{
    private static readonly string[] Folders =
        ["/usr/lib/x86_64-linux-gnu/openblas-openmp", "/usr/lib/aarch64-linux-gnu/openblas-openmp"];

    [Fact]
    public void The_openmp_flavour_of_openblas_is_used_where_it_is_installed()
    {
        using Tensor product = ones(2, 2).mm(ones(2, 2));
        string[] blas = [.. File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains("blas", StringComparison.Ordinal) && line.Contains('/', StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
            .Distinct()];

        if (Folders.Any(Directory.Exists))
        {
            Assert.NotEmpty(blas);
            Assert.All(blas, file => Assert.Contains("openblas-openmp", file, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Openblas_uses_the_vector_instructions_that_the_cpu_has()
    {
        using Tensor product = ones(2, 2).mm(ones(2, 2));
        if (Folders.FirstOrDefault(Directory.Exists) is not { } folder)
        {
            return;
        }

        nint library = NativeLibrary.Load(Path.Combine(folder, "libopenblas.so.0"));
        string kernels = Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<CoreName>(NativeLibrary.GetExport(library, "openblas_get_corename"))())!;
        if (Avx2.IsSupported)
        {
            string[] old = ["Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Sandybridge", "Athlon", "Opteron", "Opteron_SSE3", "Barcelona", "Bobcat"];
            Assert.DoesNotContain(kernels, old, StringComparer.OrdinalIgnoreCase);
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint CoreName();
}
