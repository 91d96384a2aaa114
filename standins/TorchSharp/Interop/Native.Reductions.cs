using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_sum")]
    internal static extern nint sum(nint x, int dtype);

    [DllImport(Library, EntryPoint = "reflux_prod")]
    internal static extern nint prod(nint x, int dtype);

    [DllImport(Library, EntryPoint = "reflux_sum_dims")]
    internal static extern nint sum_dims(nint x, long* dims, int count, bool keep, int dtype);

    [DllImport(Library, EntryPoint = "reflux_mean_dims")]
    internal static extern nint mean_dims(nint x, long* dims, int count, bool keep, int dtype);

    [DllImport(Library, EntryPoint = "reflux_mean")]
    internal static extern nint mean(nint x);

    [DllImport(Library, EntryPoint = "reflux_max")]
    internal static extern nint max(nint x);

    [DllImport(Library, EntryPoint = "reflux_min")]
    internal static extern nint min(nint x);

    [DllImport(Library, EntryPoint = "reflux_all")]
    internal static extern nint all(nint x);

    [DllImport(Library, EntryPoint = "reflux_any")]
    internal static extern nint any(nint x);

    [DllImport(Library, EntryPoint = "reflux_std")]
    internal static extern nint std(nint x, bool unbiased);

    [DllImport(Library, EntryPoint = "reflux_var")]
    internal static extern nint var(nint x, bool unbiased);

    [DllImport(Library, EntryPoint = "reflux_max_dim")]
    internal static extern nint max_dim(nint x, long dim, bool keep, nint* indexes);

    [DllImport(Library, EntryPoint = "reflux_min_dim")]
    internal static extern nint min_dim(nint x, long dim, bool keep, nint* indexes);

    [DllImport(Library, EntryPoint = "reflux_amax")]
    internal static extern nint amax(nint x, long* dims, int count, bool keep);

    [DllImport(Library, EntryPoint = "reflux_amin")]
    internal static extern nint amin(nint x, long* dims, int count, bool keep);

    [DllImport(Library, EntryPoint = "reflux_argmax")]
    internal static extern nint argmax(nint x, bool hasDim, long dim, bool keep);

    [DllImport(Library, EntryPoint = "reflux_argmin")]
    internal static extern nint argmin(nint x, bool hasDim, long dim, bool keep);

    [DllImport(Library, EntryPoint = "reflux_all_dim")]
    internal static extern nint all_dim(nint x, long dim, bool keep);

    [DllImport(Library, EntryPoint = "reflux_any_dim")]
    internal static extern nint any_dim(nint x, long dim, bool keep);

    [DllImport(Library, EntryPoint = "reflux_logsumexp")]
    internal static extern nint logsumexp(nint x, long dim, bool keep);

    [DllImport(Library, EntryPoint = "reflux_cumsum")]
    internal static extern nint cumsum(nint x, long dim, int dtype);

    [DllImport(Library, EntryPoint = "reflux_cumprod")]
    internal static extern nint cumprod(nint x, long dim, int dtype);

    [DllImport(Library, EntryPoint = "reflux_norm")]
    internal static extern nint norm(nint x, double p);

    [DllImport(Library, EntryPoint = "reflux_norm_dim")]
    internal static extern nint norm_dim(nint x, long dim, bool keep, double p);

    [DllImport(Library, EntryPoint = "reflux_count_nonzero")]
    internal static extern nint count_nonzero(nint x, long* dims, int count);

    [DllImport(Library, EntryPoint = "reflux_topk")]
    internal static extern nint topk(nint x, long k, long dim, bool largest, bool sorted, nint* indexes);

    [DllImport(Library, EntryPoint = "reflux_sort")]
    internal static extern nint sort(nint x, long dim, bool descending, bool stable, nint* indexes);

    [DllImport(Library, EntryPoint = "reflux_argsort")]
    internal static extern nint argsort(nint x, long dim, bool descending);

    [DllImport(Library, EntryPoint = "reflux_bincount")]
    internal static extern nint bincount(nint x, nint weights, long minimum);

    [DllImport(Library, EntryPoint = "reflux_searchsorted")]
    internal static extern nint searchsorted(nint sorted, nint values, bool int32, bool right, nint sorter);

    [DllImport(Library, EntryPoint = "reflux_einsum")]
    internal static extern nint einsum(byte* equation, nint* tensors, int count);
}
