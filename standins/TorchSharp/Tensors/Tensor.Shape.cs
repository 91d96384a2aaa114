using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>The matrix transposed.</summary>
        public Tensor T => From(Native.numpy_T(Handle), this);

        /// <summary>The last two dimensions exchanged.</summary>
        public Tensor mT => transpose(-2, -1);

        public Tensor t() => From(Native.t(Handle), this);

        public Tensor view(params long[] shape) => Shaped(&Native.view, shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape) => Shaped(&Native.reshape, shape);

        public Tensor expand(params long[] sizes) => Shaped(&Native.expand, sizes);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Shaped(&Native.expand, sizes);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor repeat(params long[] sizes) => Shaped(&Native.repeat, sizes);

        public Tensor permute(params long[] permutation) => Shaped(&Native.permute, permutation);

        public Tensor flip(params long[] dims) => Shaped(&Native.flip, dims);

        /// <summary>The elements moved along dimensions, those that leave one end entering at the other; without dimensions, of the flattened tensor.</summary>
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default)
        {
            fixed (long* firstShift = shifts)
            fixed (long* firstDim = dims)
            {
                return From(Native.roll(Handle, firstShift, shifts.Length, firstDim, dims.Length), this);
            }
        }

        public Tensor roll(long shifts, long? dims = null) => dims is null ? roll([shifts]) : roll([shifts], [dims.Value]);

        public Tensor transpose(long dim0, long dim1) => From(Native.transpose(Handle, dim0, dim1), this);

        public Tensor unsqueeze(long dim) => From(Native.unsqueeze(Handle, dim), this);

        /// <summary>Without its dimensions of length 1, or without that one.</summary>
        public Tensor squeeze(long? dim = null) =>
            From(dim is null ? Native.squeeze(Handle) : Native.squeeze_dim(Handle, dim.Value), this);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => From(Native.flatten(Handle, start_dim, end_dim), this);

        /// <summary>Each element (without <paramref name="dim"/>: of the flattened tensor) or slice repeated in place.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            From(Native.repeat_interleave(Handle, repeats, dim is not null, dim ?? 0), this);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            From(Native.repeat_interleave_tensor(Handle, repeats.Handle, dim is not null, dim ?? 0), this, repeats);

        private Tensor Shaped(delegate*<nint, long*, int, nint> operation, ReadOnlySpan<long> sizes)
        {
            fixed (long* first = sizes)
            {
                return From(operation(Handle, first, sizes.Length), this);
            }
        }
    }
}
