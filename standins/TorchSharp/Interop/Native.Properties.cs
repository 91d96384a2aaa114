using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_dispose")]
    internal static extern void dispose(nint x);

    [DllImport(Library, EntryPoint = "reflux_dtype")]
    internal static extern int dtype(nint x);

    [DllImport(Library, EntryPoint = "reflux_device_type")]
    internal static extern int device_type(nint x);

    [DllImport(Library, EntryPoint = "reflux_device_index")]
    internal static extern int device_index(nint x);

    [DllImport(Library, EntryPoint = "reflux_is_contiguous")]
    internal static extern int is_contiguous(nint x);

    [DllImport(Library, EntryPoint = "reflux_requires_grad")]
    internal static extern int requires_grad(nint x);

    [DllImport(Library, EntryPoint = "reflux_is_leaf")]
    internal static extern int is_leaf(nint x);

    [DllImport(Library, EntryPoint = "reflux_retain_grad")]
    internal static extern int retain_grad(nint x);

    [DllImport(Library, EntryPoint = "reflux_ndim")]
    internal static extern long ndim(nint x);

    [DllImport(Library, EntryPoint = "reflux_numel")]
    internal static extern long numel(nint x);

    [DllImport(Library, EntryPoint = "reflux_element_size")]
    internal static extern long element_size(nint x);

    [DllImport(Library, EntryPoint = "reflux_size")]
    internal static extern long size(nint x, long dim);

    [DllImport(Library, EntryPoint = "reflux_sizes")]
    internal static extern int sizes(nint x, long* into);

    [DllImport(Library, EntryPoint = "reflux_strides")]
    internal static extern int strides(nint x, long* into);

    [DllImport(Library, EntryPoint = "reflux_item")]
    internal static extern int item(nint x, NativeScalar* into);

    [DllImport(Library, EntryPoint = "reflux_data")]
    internal static extern nint data(nint x);

    [DllImport(Library, EntryPoint = "reflux_set_requires_grad")]
    internal static extern int set_requires_grad(nint x, bool value);

    [DllImport(Library, EntryPoint = "reflux_grad")]
    internal static extern int grad(nint x, nint* into);

    [DllImport(Library, EntryPoint = "reflux_set_grad")]
    internal static extern int set_grad(nint x, nint gradient);
}
