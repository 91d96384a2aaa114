using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_linear")]
    internal static extern nint linear(nint x, nint weight, nint bias);

    [DllImport(Library, EntryPoint = "reflux_one_hot")]
    internal static extern nint one_hot(nint x, long classes);

    [DllImport(Library, EntryPoint = "reflux_cross_entropy")]
    internal static extern nint cross_entropy(nint x, nint target, nint weight, long reduction, long ignored, double smoothing);

    [DllImport(Library, EntryPoint = "reflux_mse_loss")]
    internal static extern nint mse_loss(nint x, nint target, long reduction);

    [DllImport(Library, EntryPoint = "reflux_attention")]
    internal static extern nint attention(nint query, nint key, nint value, nint mask, double dropout, bool causal);
}
