using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_abs")]
    internal static extern nint abs(nint x);

    [DllImport(Library, EntryPoint = "reflux_neg")]
    internal static extern nint neg(nint x);

    [DllImport(Library, EntryPoint = "reflux_exp")]
    internal static extern nint exp(nint x);

    [DllImport(Library, EntryPoint = "reflux_expm1")]
    internal static extern nint expm1(nint x);

    [DllImport(Library, EntryPoint = "reflux_log")]
    internal static extern nint log(nint x);

    [DllImport(Library, EntryPoint = "reflux_log1p")]
    internal static extern nint log1p(nint x);

    [DllImport(Library, EntryPoint = "reflux_log2")]
    internal static extern nint log2(nint x);

    [DllImport(Library, EntryPoint = "reflux_sqrt")]
    internal static extern nint sqrt(nint x);

    [DllImport(Library, EntryPoint = "reflux_rsqrt")]
    internal static extern nint rsqrt(nint x);

    [DllImport(Library, EntryPoint = "reflux_sin")]
    internal static extern nint sin(nint x);

    [DllImport(Library, EntryPoint = "reflux_cos")]
    internal static extern nint cos(nint x);

    [DllImport(Library, EntryPoint = "reflux_tanh")]
    internal static extern nint tanh(nint x);

    [DllImport(Library, EntryPoint = "reflux_sigmoid")]
    internal static extern nint sigmoid(nint x);

    [DllImport(Library, EntryPoint = "reflux_silu")]
    internal static extern nint silu(nint x);

    [DllImport(Library, EntryPoint = "reflux_relu")]
    internal static extern nint relu(nint x);

    [DllImport(Library, EntryPoint = "reflux_reciprocal")]
    internal static extern nint reciprocal(nint x);

    [DllImport(Library, EntryPoint = "reflux_square")]
    internal static extern nint square(nint x);

    [DllImport(Library, EntryPoint = "reflux_floor")]
    internal static extern nint floor(nint x);

    [DllImport(Library, EntryPoint = "reflux_ceil")]
    internal static extern nint ceil(nint x);

    [DllImport(Library, EntryPoint = "reflux_trunc")]
    internal static extern nint trunc(nint x);

    [DllImport(Library, EntryPoint = "reflux_sign")]
    internal static extern nint sign(nint x);

    [DllImport(Library, EntryPoint = "reflux_isfinite")]
    internal static extern nint isfinite(nint x);

    [DllImport(Library, EntryPoint = "reflux_isnan")]
    internal static extern nint isnan(nint x);

    [DllImport(Library, EntryPoint = "reflux_isinf")]
    internal static extern nint isinf(nint x);

    [DllImport(Library, EntryPoint = "reflux_logical_not")]
    internal static extern nint logical_not(nint x);

    [DllImport(Library, EntryPoint = "reflux_bitwise_not")]
    internal static extern nint bitwise_not(nint x);

    [DllImport(Library, EntryPoint = "reflux_round")]
    internal static extern nint round(nint x, long decimals);

    [DllImport(Library, EntryPoint = "reflux_pow")]
    internal static extern nint pow(nint x, NativeScalar exponent);

    [DllImport(Library, EntryPoint = "reflux_pow_tensor")]
    internal static extern nint pow_tensor(nint x, nint exponent);

    [DllImport(Library, EntryPoint = "reflux_clamp")]
    internal static extern nint clamp(nint x, NativeScalar min, NativeScalar max);

    [DllImport(Library, EntryPoint = "reflux_clamp_tensor")]
    internal static extern nint clamp_tensor(nint x, nint min, nint max);

    [DllImport(Library, EntryPoint = "reflux_clamp_")]
    internal static extern int clamp_(nint x, NativeScalar min, NativeScalar max);

    [DllImport(Library, EntryPoint = "reflux_softmax")]
    internal static extern nint softmax(nint x, long dim, int dtype);

    [DllImport(Library, EntryPoint = "reflux_log_softmax")]
    internal static extern nint log_softmax(nint x, long dim, int dtype);

    [DllImport(Library, EntryPoint = "reflux_add")]
    internal static extern nint add(nint x, nint y, NativeScalar alpha);

    [DllImport(Library, EntryPoint = "reflux_sub")]
    internal static extern nint sub(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_mul")]
    internal static extern nint mul(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_remainder")]
    internal static extern nint remainder(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_maximum")]
    internal static extern nint maximum(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_minimum")]
    internal static extern nint minimum(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_logaddexp")]
    internal static extern nint logaddexp(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_bitwise_and")]
    internal static extern nint bitwise_and(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_bitwise_or")]
    internal static extern nint bitwise_or(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_bitwise_xor")]
    internal static extern nint bitwise_xor(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_logical_and")]
    internal static extern nint logical_and(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_logical_or")]
    internal static extern nint logical_or(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_logical_xor")]
    internal static extern nint logical_xor(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_eq")]
    internal static extern nint eq(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_ne")]
    internal static extern nint ne(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_lt")]
    internal static extern nint lt(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_le")]
    internal static extern nint le(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_gt")]
    internal static extern nint gt(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_ge")]
    internal static extern nint ge(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_matmul")]
    internal static extern nint matmul(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_mm")]
    internal static extern nint mm(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_mv")]
    internal static extern nint mv(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_bmm")]
    internal static extern nint bmm(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_dot")]
    internal static extern nint dot(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_outer")]
    internal static extern nint outer(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_add_scalar")]
    internal static extern nint add_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_sub_scalar")]
    internal static extern nint sub_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_mul_scalar")]
    internal static extern nint mul_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_remainder_scalar")]
    internal static extern nint remainder_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_eq_scalar")]
    internal static extern nint eq_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_ne_scalar")]
    internal static extern nint ne_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_lt_scalar")]
    internal static extern nint lt_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_le_scalar")]
    internal static extern nint le_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_gt_scalar")]
    internal static extern nint gt_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_ge_scalar")]
    internal static extern nint ge_scalar(nint x, NativeScalar y);

    [DllImport(Library, EntryPoint = "reflux_div")]
    internal static extern nint div(nint x, nint y, int rounding);

    [DllImport(Library, EntryPoint = "reflux_div_scalar")]
    internal static extern nint div_scalar(nint x, NativeScalar y, int rounding);

    [DllImport(Library, EntryPoint = "reflux_addcmul")]
    internal static extern nint addcmul(nint x, nint first, nint second, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_addcdiv")]
    internal static extern nint addcdiv(nint x, nint first, nint second, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_lerp")]
    internal static extern nint lerp(nint x, nint end, nint weight);

    [DllImport(Library, EntryPoint = "reflux_equal")]
    internal static extern int equal(nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_allclose")]
    internal static extern int allclose(nint x, nint y, double relative, double absolute, bool equalNan);

    [DllImport(Library, EntryPoint = "reflux_isclose")]
    internal static extern nint isclose(nint x, nint y, double relative, double absolute, bool equalNan);

    [DllImport(Library, EntryPoint = "reflux_addmm")]
    internal static extern nint addmm(nint x, nint first, nint second, double beta, double alpha);
}
