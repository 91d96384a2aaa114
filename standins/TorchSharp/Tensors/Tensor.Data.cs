using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements, in row-major order, without a copy when the tensor is on the CPU.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the element type.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        /// <summary>The value of a one-element tensor.</summary>
        /// <exception cref="ArgumentException">More or fewer elements, or another element type.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
            {
                throw new ArgumentException("Number of elements in the tensor must be 1");
            }

            ValidateType(typeof(T));
            using Tensor? moved = device_type == DeviceType.CPU ? null : cpu();
            Tensor local = moved ?? this;
            T value = *(T*)local.DataPointer();
            GC.KeepAlive(local);
            return value;
        }

        /// <summary>The value of a one-element tensor as a 64-bit integer, a float64 or a bool.</summary>
        public Scalar ToScalar()
        {
            NativeScalar value;
            Native.Checked(Native.item(Handle, &value), this);
            return Scalar.From(value);
        }

        /// <summary>
        /// The memory of a contiguous tensor on the CPU, to read or to write. The span does not keep the tensor alive: the caller does.
        /// Setting copies into the tensor.
        /// </summary>
        public Span<byte> bytes
        {
            get
            {
                long length = NumberOfElements * ElementSize;
                if (length > int.MaxValue)
                {
                    throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                }

                return new Span<byte>((void*)ContiguousPointer(), (int)length);
            }

            set
            {
                if (NumberOfElements * ElementSize != value.Length)
                {
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                }

                value.CopyTo(new Span<byte>((void*)ContiguousPointer(), value.Length));
            }
        }

        /// <summary>Writes the memory of a contiguous tensor on the CPU; for tensors beyond 2 GiB.</summary>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            var next = (byte*)ContiguousPointer();
            for (long left = NumberOfElements * ElementSize; left > 0;)
            {
                int count = (int)Math.Min(left, bufferSize);
                stream.Write(new ReadOnlySpan<byte>(next, count));
                next += count;
                left -= count;
            }

            GC.KeepAlive(this);
        }

        /// <summary>Fills the memory of a contiguous tensor on the CPU.</summary>
        /// <exception cref="EndOfStreamException">The stream ended first.</exception>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var next = (byte*)ContiguousPointer();
            for (long left = NumberOfElements * ElementSize; left > 0;)
            {
                int count = (int)Math.Min(left, bufferSize);
                stream.ReadExactly(new Span<byte>(next, count));
                next += count;
                left -= count;
            }

            GC.KeepAlive(this);
        }

        internal nint DataPointer()
        {
            nint pointer = Native.data(Handle);
            GC.KeepAlive(this);
            return pointer != 0 || NumberOfElements == 0 ? pointer : throw Native.LastError();
        }

        private nint ContiguousPointer()
        {
            if (!is_contiguous())
            {
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            }

            if (device_type != DeviceType.CPU)
            {
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            }

            return DataPointer();
        }

        private void ValidateType(Type type)
        {
            if (ClrType(dtype) != type)
            {
                throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
            }
        }
    }
}
