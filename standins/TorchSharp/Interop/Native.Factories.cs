using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_full")]
    internal static extern nint full(long* sizes, int count, NativeScalar value, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_empty")]
    internal static extern nint empty(long* sizes, int count, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_full_like")]
    internal static extern nint full_like(nint x, NativeScalar value, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_from_data")]
    internal static extern nint from_data(void* data, long* sizes, int count, int sourceType, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_arange")]
    internal static extern nint arange(NativeScalar start, NativeScalar stop, NativeScalar step, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_linspace")]
    internal static extern nint linspace(double start, double stop, long steps, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_eye")]
    internal static extern nint eye(long rows, long columns, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_rand")]
    internal static extern nint rand(long* sizes, int count, nint generator, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_randn")]
    internal static extern nint randn(long* sizes, int count, nint generator, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_randint")]
    internal static extern nint randint(long low, long high, long* sizes, int count, nint generator, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_randperm")]
    internal static extern nint randperm(long n, nint generator, int dtype, int deviceType, int deviceIndex, bool requiresGrad);

    [DllImport(Library, EntryPoint = "reflux_bernoulli")]
    internal static extern nint bernoulli(nint x, nint generator);

    [DllImport(Library, EntryPoint = "reflux_multinomial")]
    internal static extern nint multinomial(nint x, long samples, bool replacement, nint generator);

    [DllImport(Library, EntryPoint = "reflux_normal_")]
    internal static extern int normal_(nint x, double mean, double deviation, nint generator);

    [DllImport(Library, EntryPoint = "reflux_uniform_")]
    internal static extern int uniform_(nint x, double from, double to, nint generator);

    [DllImport(Library, EntryPoint = "reflux_bernoulli_")]
    internal static extern int bernoulli_(nint x, double p, nint generator);
}
