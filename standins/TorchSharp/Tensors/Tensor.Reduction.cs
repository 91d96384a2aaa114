using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => From(Native.sum(Handle, (int?)type ?? -1), this);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum((ReadOnlySpan<long>)dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* first = dim)
            {
                return From(Native.sum_dims(Handle, first, dim.Length, keepdim, (int?)type ?? -1), this);
            }
        }

        public Tensor mean() => From(Native.mean(Handle), this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* first = dimensions)
            {
                return From(Native.mean_dims(Handle, first, dimensions.Length, keepdim, (int?)type ?? -1), this);
            }
        }

        public Tensor std(bool unbiased = true) => From(Native.std(Handle, unbiased), this);

        public Tensor var(bool unbiased = true) => From(Native.var(Handle, unbiased), this);

        public Tensor prod(ScalarType? type = null) => From(Native.prod(Handle, (int?)type ?? -1), this);

        public Tensor max() => From(Native.max(Handle), this);

        public Tensor min() => From(Native.min(Handle), this);

        public Tensor max(Tensor other) => maximum(other);

        public Tensor min(Tensor other) => minimum(other);

        /// <summary>The largest elements along a dimension, and their int64 indices.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            nint indexes;
            nint values = Native.max_dim(Handle, dim, keepdim, &indexes);
            return From(values, indexes, this);
        }

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            nint indexes;
            nint values = Native.min_dim(Handle, dim, keepdim, &indexes);
            return From(values, indexes, this);
        }

        public Tensor amax(params long[] dims) => amax((ReadOnlySpan<long>)dims);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null)
        {
            fixed (long* first = dims)
            {
                return Delivered(Native.amax(Handle, first, dims.Length, keepdim), @out);
            }
        }

        public Tensor amin(params long[] dims) => amin((ReadOnlySpan<long>)dims);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null)
        {
            fixed (long* first = dims)
            {
                return Delivered(Native.amin(Handle, first, dims.Length, keepdim), @out);
            }
        }

        /// <summary>The int64 index of the largest element of the flattened tensor.</summary>
        public Tensor argmax() => From(Native.argmax(Handle, false, 0, false), this);

        public Tensor argmax(long dim, bool keepdim = false) => From(Native.argmax(Handle, true, dim, keepdim), this);

        public Tensor argmin() => From(Native.argmin(Handle, false, 0, false), this);

        public Tensor argmin(long dim, bool keepdim = false) => From(Native.argmin(Handle, true, dim, keepdim), this);

        public Tensor all() => From(Native.all(Handle), this);

        public Tensor all(long dim, bool keepdim = false) => From(Native.all_dim(Handle, dim, keepdim), this);

        public Tensor any() => From(Native.any(Handle), this);

        public Tensor any(long dim, bool keepdim = false) => From(Native.any_dim(Handle, dim, keepdim), this);

        /// <summary>ln Σ exp along a dimension, without overflow.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => From(Native.logsumexp(Handle, dim, keepdim), this);

        public Tensor cumsum(long dim, ScalarType? type = null) => From(Native.cumsum(Handle, dim, (int?)type ?? -1), this);

        public Tensor cumprod(long dim, ScalarType? type = null) => From(Native.cumprod(Handle, dim, (int?)type ?? -1), this);

        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(float p = 2) => From(Native.norm(Handle, p), this);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => From(Native.norm_dim(Handle, dim, keepdim, p), this);

        public Tensor count_nonzero(long[]? dims = null)
        {
            fixed (long* first = dims)
            {
                return From(Native.count_nonzero(Handle, first, dims?.Length ?? 0), this);
            }
        }

        private Tensor Delivered(nint handle, Tensor? target)
        {
            Tensor result = From(handle, this);
            if (target is null)
            {
                return result;
            }

            using (result)
            {
                return target.copy_(result);
            }
        }
    }
}
