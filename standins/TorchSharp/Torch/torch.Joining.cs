using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Joined(&Native.cat, Native.Handles(tensors), dim, tensors);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => Joined(&Native.cat, Native.Handles(tensors), dim, tensors);

    /// <summary>The tensors side by side along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        Tensor[] all = [.. tensors];
        return Joined(&Native.stack, Native.Handles(all), dim, all);
    }

    public static Tensor einsum(string equation, params Tensor[] tensors)
    {
        nint[] handles = Native.Handles(tensors);
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(equation + '\0'))
        fixed (nint* first = handles)
        {
            return Tensor.From(Native.einsum(text, first, handles.Length), tensors);
        }
    }

    /// <summary>x where the condition holds, y elsewhere.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    /// <summary>
    /// int64 (or int32): for each value the first place in the last, sorted dimension where it could be inserted; with
    /// <paramref name="right"/> the last such place.
    /// </summary>
    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        Tensor.From(
            Native.searchsorted(sorted_sequence.Handle, values.Handle, out_int32, right, sorter is null ? 0 : sorter.Handle),
            sorted_sequence, values, sorter);

    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);

    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);

    public static Tensor scatter(Tensor input, long dim, Tensor index, Tensor src) => input.scatter(dim, index, src);

    public static Tensor scatter_add(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_add(dim, index, src);

    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);

    public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);

    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);

    public static Tensor triu(Tensor input, long diagonal = 0) => input.triu(diagonal);

    public static Tensor repeat_interleave(Tensor input, long repeats, long? dim = null, long? output_size = null) =>
        input.repeat_interleave(repeats, dim, output_size);

    public static Tensor bincount(Tensor input, Tensor? weights = null, long minlength = 0) => input.bincount(weights, minlength);

    public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);

    public static (Tensor values, Tensor indexes) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        tensor.topk(k, dim, largest, sorted);

    public static (Tensor Values, Tensor Indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.sort(dim, descending, stable);

    private static Tensor Joined(delegate*<nint*, int, long, nint> operation, nint[] handles, long dim, object keep)
    {
        fixed (nint* first = handles)
        {
            return Tensor.From(operation(first, handles.Length, dim), keep);
        }
    }
}
