using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        // with broadcasting and libtorch's type promotion
        public Tensor add(Tensor target) => From(Native.add(Handle, target.Handle, One), this, target);

        public Tensor add(Tensor target, Scalar alpha) => From(Native.add(Handle, target.Handle, alpha.Native), this, target);

        public Tensor add(Scalar scalar) => From(Native.add_scalar(Handle, scalar.Native), this);

        public Tensor sub(Tensor target) => From(Native.sub(Handle, target.Handle), this, target);

        public Tensor sub(Scalar target) => From(Native.sub_scalar(Handle, target.Native), this);

        public Tensor mul(Tensor target) => From(Native.mul(Handle, target.Handle), this, target);

        public Tensor mul(Scalar target) => From(Native.mul_scalar(Handle, target.Native), this);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            From(Native.div(Handle, target.Handle, (int)rounding_mode), this, target);

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            From(Native.div_scalar(Handle, target.Native, (int)rounding_mode), this);

        public Tensor remainder(Tensor target) => From(Native.remainder(Handle, target.Handle), this, target);

        public Tensor remainder(Scalar scalar) => From(Native.remainder_scalar(Handle, scalar.Native), this);

        /// <summary>this + value · tensor1 · tensor2</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) =>
            From(Native.addcmul(Handle, tensor1.Handle, tensor2.Handle, value.Native), this, tensor1, tensor2);

        /// <summary>this + value · tensor1 / tensor2</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) =>
            From(Native.addcdiv(Handle, tensor1.Handle, tensor2.Handle, value.Native), this, tensor1, tensor2);

        /// <summary>this + weight · (end − this)</summary>
        public Tensor lerp(Tensor end, Tensor weight) => From(Native.lerp(Handle, end.Handle, weight.Handle), this, end, weight);

        public Tensor maximum(Tensor other) => From(Native.maximum(Handle, other.Handle), this, other);

        public Tensor minimum(Tensor other) => From(Native.minimum(Handle, other.Handle), this, other);

        public Tensor logaddexp(Tensor other) => From(Native.logaddexp(Handle, other.Handle), this, other);

        public Tensor bitwise_and(Tensor other) => From(Native.bitwise_and(Handle, other.Handle), this, other);

        public Tensor bitwise_or(Tensor other) => From(Native.bitwise_or(Handle, other.Handle), this, other);

        public Tensor bitwise_xor(Tensor other) => From(Native.bitwise_xor(Handle, other.Handle), this, other);

        private static NativeScalar One => new(NativeScalar.Integer, 1);
    }
}
