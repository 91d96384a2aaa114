using System.Text;
using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        public ScalarType dtype => (ScalarType)Native.Checked(Native.dtype(Handle), this);

        public Device device => new(device_type, device_index);

        public DeviceType device_type => (DeviceType)Native.Checked(Native.device_type(Handle), this);

        /// <summary>The index of the CUDA device; −1 on the CPU.</summary>
        public int device_index
        {
            get
            {
                int index = Native.device_index(Handle);
                GC.KeepAlive(this);
                return index;
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public long ndim => Native.Checked(Native.ndim(Handle), this);

        public long Dimensions => ndim;

        public long dim() => ndim;

        public long NumberOfElements => Native.Checked(Native.numel(Handle), this);

        public long numel() => NumberOfElements;

        /// <summary>The size of one element in bytes.</summary>
        public long ElementSize => Native.Checked(Native.element_size(Handle), this);

        public long element_size() => ElementSize;

        public long[] shape => size();

        public long[] size()
        {
            var sizes = new long[ndim];
            fixed (long* first = sizes)
            {
                Native.Checked(Native.sizes(Handle, first), this);
            }

            return sizes;
        }

        /// <summary>The length of one dimension; a negative one counts from the end.</summary>
        public long size(int dim) => Native.Checked(Native.size(Handle, dim), this);

        public long[] stride()
        {
            var strides = new long[ndim];
            fixed (long* first = strides)
            {
                Native.Checked(Native.strides(Handle, first), this);
            }

            return strides;
        }

        public long stride(int dim)
        {
            long[] strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        public bool is_contiguous() => Native.Checked(Native.is_contiguous(Handle), this) != 0;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>Shape, type and place, for people; never the values.</summary>
        public override string ToString()
        {
            if (IsInvalid)
            {
                return "";
            }

            return new StringBuilder("[").AppendJoin('x', shape).Append("], type = ").Append(dtype).Append(", device = ").Append(device).ToString();
        }
    }
}
