using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_zero_")]
    internal static extern int zero_(nint x);

    [DllImport(Library, EntryPoint = "reflux_sqrt_")]
    internal static extern int sqrt_(nint x);

    [DllImport(Library, EntryPoint = "reflux_rsqrt_")]
    internal static extern int rsqrt_(nint x);

    [DllImport(Library, EntryPoint = "reflux_neg_")]
    internal static extern int neg_(nint x);

    [DllImport(Library, EntryPoint = "reflux_abs_")]
    internal static extern int abs_(nint x);

    [DllImport(Library, EntryPoint = "reflux_exp_")]
    internal static extern int exp_(nint x);

    [DllImport(Library, EntryPoint = "reflux_fill_")]
    internal static extern int fill_(nint x, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_copy_")]
    internal static extern int copy_(nint x, nint source, bool nonBlocking);

    [DllImport(Library, EntryPoint = "reflux_add_")]
    internal static extern int add_(nint x, nint y, NativeScalar alpha);

    [DllImport(Library, EntryPoint = "reflux_sub_")]
    internal static extern int sub_(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_mul_")]
    internal static extern int mul_(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_add_scalar_")]
    internal static extern int add_scalar_(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_sub_scalar_")]
    internal static extern int sub_scalar_(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_mul_scalar_")]
    internal static extern int mul_scalar_(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_div_")]
    internal static extern int div_(nint x, nint y, int rounding);

    [DllImport(Library, EntryPoint = "reflux_div_scalar_")]
    internal static extern int div_scalar_(nint x, NativeScalar y, int rounding);

    [DllImport(Library, EntryPoint = "reflux_addmm_")]
    internal static extern int addmm_(nint x, nint first, nint second, double beta, double alpha);

    [DllImport(Library, EntryPoint = "reflux_addcmul_")]
    internal static extern int addcmul_(nint x, nint first, nint second, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_addcdiv_")]
    internal static extern int addcdiv_(nint x, nint first, nint second, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_lerp_")]
    internal static extern int lerp_(nint x, nint end, nint weight);
}
