using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        // element by element, with broadcasting; the result is bool
        public Tensor eq(Tensor target) => From(Native.eq(Handle, target.Handle), this, target);

        public Tensor eq(Scalar target) => From(Native.eq_scalar(Handle, target.Native), this);

        public Tensor ne(Tensor target) => From(Native.ne(Handle, target.Handle), this, target);

        public Tensor ne(Scalar target) => From(Native.ne_scalar(Handle, target.Native), this);

        public Tensor lt(Tensor target) => From(Native.lt(Handle, target.Handle), this, target);

        public Tensor lt(Scalar target) => From(Native.lt_scalar(Handle, target.Native), this);

        public Tensor le(Tensor target) => From(Native.le(Handle, target.Handle), this, target);

        public Tensor le(Scalar target) => From(Native.le_scalar(Handle, target.Native), this);

        public Tensor gt(Tensor target) => From(Native.gt(Handle, target.Handle), this, target);

        public Tensor gt(Scalar target) => From(Native.gt_scalar(Handle, target.Native), this);

        public Tensor ge(Tensor target) => From(Native.ge(Handle, target.Handle), this, target);

        public Tensor ge(Scalar target) => From(Native.ge_scalar(Handle, target.Native), this);

        /// <summary>Element by element, as <see cref="eq(Tensor)"/>; <see cref="Equals(Tensor)"/> compares whole tensors.</summary>
        public Tensor equal(Tensor target) => eq(target);

        public Tensor logical_and(Tensor other) => From(Native.logical_and(Handle, other.Handle), this, other);

        public Tensor logical_or(Tensor other) => From(Native.logical_or(Handle, other.Handle), this, other);

        public Tensor logical_xor(Tensor other) => From(Native.logical_xor(Handle, other.Handle), this, other);

        /// <summary>Whether |this − target| ≤ atol + rtol · |target| everywhere.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Native.Checked(Native.allclose(Handle, target.Handle, rtol, atol, equal_nan), this, target) != 0;

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            From(Native.isclose(Handle, other.Handle, rtol, atol, nanEqual), this, other);
    }
}
