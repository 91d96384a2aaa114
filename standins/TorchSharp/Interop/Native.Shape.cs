using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_alias")]
    internal static extern nint alias(nint x);

    [DllImport(Library, EntryPoint = "reflux_clone")]
    internal static extern nint clone(nint x);

    [DllImport(Library, EntryPoint = "reflux_detach")]
    internal static extern nint detach(nint x);

    [DllImport(Library, EntryPoint = "reflux_contiguous")]
    internal static extern nint contiguous(nint x);

    [DllImport(Library, EntryPoint = "reflux_numpy_T")]
    internal static extern nint numpy_T(nint x);

    [DllImport(Library, EntryPoint = "reflux_t")]
    internal static extern nint t(nint x);

    [DllImport(Library, EntryPoint = "reflux_squeeze")]
    internal static extern nint squeeze(nint x);

    [DllImport(Library, EntryPoint = "reflux_nonzero")]
    internal static extern nint nonzero(nint x);

    [DllImport(Library, EntryPoint = "reflux_detach_")]
    internal static extern int detach_(nint x);

    [DllImport(Library, EntryPoint = "reflux_to")]
    internal static extern nint to(nint x, int dtype, int deviceType, int deviceIndex, bool copy, bool nonBlocking);

    [DllImport(Library, EntryPoint = "reflux_view")]
    internal static extern nint view(nint x, long* sizes, int count);

    [DllImport(Library, EntryPoint = "reflux_reshape")]
    internal static extern nint reshape(nint x, long* sizes, int count);

    [DllImport(Library, EntryPoint = "reflux_expand")]
    internal static extern nint expand(nint x, long* sizes, int count);

    [DllImport(Library, EntryPoint = "reflux_repeat")]
    internal static extern nint repeat(nint x, long* sizes, int count);

    [DllImport(Library, EntryPoint = "reflux_permute")]
    internal static extern nint permute(nint x, long* sizes, int count);

    [DllImport(Library, EntryPoint = "reflux_flip")]
    internal static extern nint flip(nint x, long* sizes, int count);

    [DllImport(Library, EntryPoint = "reflux_transpose")]
    internal static extern nint transpose(nint x, long dim0, long dim1);

    [DllImport(Library, EntryPoint = "reflux_unsqueeze")]
    internal static extern nint unsqueeze(nint x, long dim);

    [DllImport(Library, EntryPoint = "reflux_squeeze_dim")]
    internal static extern nint squeeze_dim(nint x, long dim);

    [DllImport(Library, EntryPoint = "reflux_flatten")]
    internal static extern nint flatten(nint x, long start, long end);

    [DllImport(Library, EntryPoint = "reflux_repeat_interleave")]
    internal static extern nint repeat_interleave(nint x, long repeats, bool hasDim, long dim);

    [DllImport(Library, EntryPoint = "reflux_repeat_interleave_tensor")]
    internal static extern nint repeat_interleave_tensor(nint x, nint repeats, bool hasDim, long dim);

    [DllImport(Library, EntryPoint = "reflux_narrow")]
    internal static extern nint narrow(nint x, long dim, long start, long length);

    [DllImport(Library, EntryPoint = "reflux_slice")]
    internal static extern nint slice(nint x, long dim, long start, long end, long step);

    [DllImport(Library, EntryPoint = "reflux_select")]
    internal static extern nint select(nint x, long dim, long index);

    [DllImport(Library, EntryPoint = "reflux_index_select")]
    internal static extern nint index_select(nint x, long dim, nint index);

    [DllImport(Library, EntryPoint = "reflux_gather")]
    internal static extern nint gather(nint x, long dim, nint index);

    [DllImport(Library, EntryPoint = "reflux_scatter")]
    internal static extern nint scatter(nint x, long dim, nint index, nint source);

    [DllImport(Library, EntryPoint = "reflux_scatter_")]
    internal static extern int scatter_(nint x, long dim, nint index, nint source);

    [DllImport(Library, EntryPoint = "reflux_scatter_add")]
    internal static extern nint scatter_add(nint x, long dim, nint index, nint source);

    [DllImport(Library, EntryPoint = "reflux_scatter_add_")]
    internal static extern int scatter_add_(nint x, long dim, nint index, nint source);

    [DllImport(Library, EntryPoint = "reflux_index_copy")]
    internal static extern nint index_copy(nint x, long dim, nint index, nint source);

    [DllImport(Library, EntryPoint = "reflux_index_copy_")]
    internal static extern int index_copy_(nint x, long dim, nint index, nint source);

    [DllImport(Library, EntryPoint = "reflux_index_add")]
    internal static extern nint index_add(nint x, long dim, nint index, nint source, NativeScalar alpha);

    [DllImport(Library, EntryPoint = "reflux_index_add_")]
    internal static extern int index_add_(nint x, long dim, nint index, nint source, NativeScalar alpha);

    [DllImport(Library, EntryPoint = "reflux_index_fill")]
    internal static extern nint index_fill(nint x, long dim, nint index, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_index_fill_")]
    internal static extern int index_fill_(nint x, long dim, nint index, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_masked_fill")]
    internal static extern nint masked_fill(nint x, nint mask, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_masked_fill_")]
    internal static extern int masked_fill_(nint x, nint mask, NativeScalar value);

    [DllImport(Library, EntryPoint = "reflux_masked_select")]
    internal static extern nint masked_select(nint x, nint mask);

    [DllImport(Library, EntryPoint = "reflux_where")]
    internal static extern nint where(nint condition, nint x, nint y);

    [DllImport(Library, EntryPoint = "reflux_tril")]
    internal static extern nint tril(nint x, long diagonal);

    [DllImport(Library, EntryPoint = "reflux_triu")]
    internal static extern nint triu(nint x, long diagonal);

    [DllImport(Library, EntryPoint = "reflux_unbind")]
    internal static extern nint unbind(nint x, long dim);

    [DllImport(Library, EntryPoint = "reflux_chunk")]
    internal static extern nint chunk(nint x, long chunks, long dim);

    [DllImport(Library, EntryPoint = "reflux_split")]
    internal static extern nint split(nint x, long size, long dim);

    [DllImport(Library, EntryPoint = "reflux_split_sizes")]
    internal static extern nint split_sizes(nint x, long* sizes, int count, long dim);

    [DllImport(Library, EntryPoint = "reflux_cat")]
    internal static extern nint cat(nint* tensors, int count, long dim);

    [DllImport(Library, EntryPoint = "reflux_stack")]
    internal static extern nint stack(nint* tensors, int count, long dim);

    [DllImport(Library, EntryPoint = "reflux_roll")]
    internal static extern nint roll(nint x, long* shifts, int shiftCount, long* dims, int dimCount);
}
