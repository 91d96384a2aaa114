using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>The part [start, start + length) of one dimension, without a copy.</summary>
        public Tensor narrow(long dim, long start, long length) => From(Native.narrow(Handle, dim, start, length), this);

        /// <summary>The part [start, finish) of one dimension in steps, without a copy.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => From(Native.slice(Handle, dim, start, finish, step), this);

        /// <summary>One slice of a dimension, which goes away; without a copy.</summary>
        public Tensor select(long dim, long index) => From(Native.select(Handle, dim, index), this);

        /// <summary>The slices that an int64 (or int32) vector names, copied. Its gradient is deterministic on the CPU.</summary>
        public Tensor index_select(long dim, Tensor index) => From(Native.index_select(Handle, dim, index.Handle), this, index);

        /// <summary>out[i][j] = this[index[i][j]][j] for dim 0, and so on.</summary>
        public Tensor gather(long dim, Tensor index) => From(Native.gather(Handle, dim, index.Handle), this, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => From(Native.scatter(Handle, dim, index.Handle, src.Handle), this, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Changed(Native.scatter_(Handle, dim, index.Handle, src.Handle), index, src);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) =>
            From(Native.scatter_add(Handle, dim, index.Handle, src.Handle), this, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) =>
            Changed(Native.scatter_add_(Handle, dim, index.Handle, src.Handle), index, src);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) =>
            From(Native.index_add(Handle, dim, index.Handle, source.Handle, alpha.Native), this, index, source);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Changed(Native.index_add_(Handle, dim, index.Handle, source.Handle, alpha.Native), index, source);

        public Tensor index_copy(long dim, Tensor index, Tensor source) =>
            From(Native.index_copy(Handle, dim, index.Handle, source.Handle), this, index, source);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            Changed(Native.index_copy_(Handle, dim, index.Handle, source.Handle), index, source);

        public Tensor index_fill(long dim, Tensor index, Scalar value) =>
            From(Native.index_fill(Handle, dim, index.Handle, value.Native), this, index);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            Changed(Native.index_fill_(Handle, dim, index.Handle, value.Native), index);

        public Tensor masked_fill(Tensor mask, Scalar value) => From(Native.masked_fill(Handle, mask.Handle, value.Native), this, mask);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Changed(Native.masked_fill_(Handle, mask.Handle, value.Native), mask);

        /// <summary>The elements where the mask is true, as a vector.</summary>
        public Tensor masked_select(Tensor mask) => From(Native.masked_select(Handle, mask.Handle), this, mask);

        /// <summary>The indices of the elements that are not zero, int64 [n, dimensions].</summary>
        public Tensor nonzero() => From(Native.nonzero(Handle), this);

        /// <summary>This where the condition holds, <paramref name="y"/> elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y) => From(Native.where(condition.Handle, Handle, y.Handle), this, condition, y);

        /// <summary>The lower triangle of the last two dimensions, the rest zero.</summary>
        public Tensor tril(long diagonal = 0) => From(Native.tril(Handle, diagonal), this);

        public Tensor triu(long diagonal = 0) => From(Native.triu(Handle, diagonal), this);

        public Tensor[] unbind(long dimension = 0) => Native.Take(Native.unbind(Handle, dimension), this);

        public Tensor[] chunk(long chunks, long dim = 0) => Native.Take(Native.chunk(Handle, chunks, dim), this);

        /// <summary>Parts of <paramref name="size"/> along a dimension, the last one shorter when it does not divide.</summary>
        public Tensor[] split(long size, int dim = 0) => Native.Take(Native.split(Handle, size, dim), this);

        public Tensor[] split(long[] sizes, long dim = 0)
        {
            fixed (long* first = sizes)
            {
                return Native.Take(Native.split_sizes(Handle, first, sizes.Length, dim), this);
            }
        }
    }
}
