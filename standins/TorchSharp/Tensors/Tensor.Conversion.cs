using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>Another reference to the same tensor, disposed on its own.</summary>
        public Tensor alias() => From(Native.alias(Handle), this);

        /// <summary>A copy that gradients flow through.</summary>
        public Tensor clone() => From(Native.clone(Handle), this);

        /// <summary>The same memory without the history of its computation.</summary>
        public Tensor detach() => From(Native.detach(Handle), this);

        public Tensor detach_() => Changed(Native.detach_(Handle));

        public Tensor contiguous() => From(Native.contiguous(Handle), this);

        public Tensor cpu() => to(DeviceType.CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) =>
            device is null
                ? to(DeviceType.CUDA, non_blocking: non_blocking)
                : to(device, non_blocking: non_blocking);

        /// <summary>The same elements as another type. Returns a new reference to the same memory when nothing has to change.</summary>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(type, null, copy, disposeAfter, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(type, null, copy, disposeAfter, non_blocking);

        public Tensor type(ScalarType dtype) => to(dtype);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(type, device, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(null, device, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(null, new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        private Tensor Converted(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            if (device is not null)
            {
                InitializeDeviceType(device.type);
            }

            Tensor result = From(
                Native.to(Handle, (int?)type ?? -1, (int?)device?.type ?? -1, device?.index ?? -1, copy, nonBlocking), this);
            if (disposeAfter)
            {
                Dispose();
            }

            return result;
        }
    }
}
