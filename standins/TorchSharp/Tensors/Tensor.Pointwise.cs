using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        // element by element, the shape stays
        public Tensor abs() => From(Native.abs(Handle), this);

        public Tensor negative() => From(Native.neg(Handle), this);

        public Tensor neg() => From(Native.neg(Handle), this);

        public Tensor exp() => From(Native.exp(Handle), this);

        public Tensor expm1() => From(Native.expm1(Handle), this);

        public Tensor log() => From(Native.log(Handle), this);

        public Tensor log1p() => From(Native.log1p(Handle), this);

        public Tensor log2() => From(Native.log2(Handle), this);

        public Tensor sqrt() => From(Native.sqrt(Handle), this);

        public Tensor rsqrt() => From(Native.rsqrt(Handle), this);

        public Tensor sin() => From(Native.sin(Handle), this);

        public Tensor cos() => From(Native.cos(Handle), this);

        public Tensor tanh() => From(Native.tanh(Handle), this);

        public Tensor sigmoid() => From(Native.sigmoid(Handle), this);

        public Tensor silu() => From(Native.silu(Handle), this);

        public Tensor relu() => From(Native.relu(Handle), this);

        public Tensor reciprocal() => From(Native.reciprocal(Handle), this);

        public Tensor square() => From(Native.square(Handle), this);

        public Tensor floor() => From(Native.floor(Handle), this);

        public Tensor ceil() => From(Native.ceil(Handle), this);

        public Tensor trunc() => From(Native.trunc(Handle), this);

        public Tensor sign() => From(Native.sign(Handle), this);

        public Tensor isfinite() => From(Native.isfinite(Handle), this);

        public Tensor isnan() => From(Native.isnan(Handle), this);

        public Tensor isinf() => From(Native.isinf(Handle), this);

        public Tensor logical_not() => From(Native.logical_not(Handle), this);

        public Tensor bitwise_not() => From(Native.bitwise_not(Handle), this);

        public Tensor round(long decimals = 0) => From(Native.round(Handle, decimals), this);

        public Tensor pow(Scalar exponent) => From(Native.pow(Handle, exponent.Native), this);

        public Tensor pow(Tensor exponent) => From(Native.pow_tensor(Handle, exponent.Handle), this, exponent);

        /// <summary>Limited to [min, max]; a missing bound limits nothing.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) =>
            From(Native.clamp(Handle, min?.Native ?? Scalar.Absent, max?.Native ?? Scalar.Absent), this);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) =>
            From(Native.clamp_tensor(Handle, OrNone(min), OrNone(max)), this, min, max);

        public Tensor clamp_min(Scalar min) => From(Native.clamp(Handle, min.Native, Scalar.Absent), this);

        public Tensor clamp_max(Scalar max) => From(Native.clamp(Handle, Scalar.Absent, max.Native), this);

        public Tensor softmax(long dim, ScalarType? dtype = null) => From(Native.softmax(Handle, dim, (int?)dtype ?? -1), this);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => From(Native.log_softmax(Handle, dim, (int?)dtype ?? -1), this);
    }
}
