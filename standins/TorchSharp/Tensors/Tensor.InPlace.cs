using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        // These change the tensor and return it.
        public Tensor zero_() => Changed(Native.zero_(Handle));

        public Tensor fill_(Scalar value) => Changed(Native.fill_(Handle, value.Native));

        /// <summary>Copies the elements in, converting type and device and broadcasting.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) => Changed(Native.copy_(Handle, source.Handle, nonBlocking), source);

        public Tensor add_(Tensor target) => Changed(Native.add_(Handle, target.Handle, One), target);

        public Tensor add_(Tensor target, Scalar alpha) => Changed(Native.add_(Handle, target.Handle, alpha.Native), target);

        public Tensor add_(Scalar scalar) => Changed(Native.add_scalar_(Handle, scalar.Native));

        public Tensor sub_(Tensor target) => Changed(Native.sub_(Handle, target.Handle), target);

        public Tensor sub_(Scalar target) => Changed(Native.sub_scalar_(Handle, target.Native));

        public Tensor mul_(Tensor target) => Changed(Native.mul_(Handle, target.Handle), target);

        public Tensor mul_(Scalar target) => Changed(Native.mul_scalar_(Handle, target.Native));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Changed(Native.div_(Handle, target.Handle, (int)rounding_mode), target);

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Changed(Native.div_scalar_(Handle, target.Native, (int)rounding_mode));

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            Changed(Native.addmm_(Handle, mat1.Handle, mat2.Handle, beta, alpha), mat1, mat2);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Changed(Native.addcmul_(Handle, tensor1.Handle, tensor2.Handle, value.Native), tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Changed(Native.addcdiv_(Handle, tensor1.Handle, tensor2.Handle, value.Native), tensor1, tensor2);

        public Tensor lerp_(Tensor end, Tensor weight) => Changed(Native.lerp_(Handle, end.Handle, weight.Handle), end, weight);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) =>
            Changed(Native.clamp_(Handle, min?.Native ?? Scalar.Absent, max?.Native ?? Scalar.Absent));

        public Tensor clamp_min_(Scalar min) => Changed(Native.clamp_(Handle, min.Native, Scalar.Absent));

        public Tensor clamp_max_(Scalar max) => Changed(Native.clamp_(Handle, Scalar.Absent, max.Native));

        public Tensor sqrt_() => Changed(Native.sqrt_(Handle));

        public Tensor rsqrt_() => Changed(Native.rsqrt_(Handle));

        public Tensor neg_() => Changed(Native.neg_(Handle));

        public Tensor abs_() => Changed(Native.abs_(Handle));

        public Tensor exp_() => Changed(Native.exp_(Handle));

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            Changed(Native.normal_(Handle, mean, std, Generator.OrDefault(generator)), generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            Changed(Native.uniform_(Handle, from, to, Generator.OrDefault(generator)), generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            Changed(Native.bernoulli_(Handle, p, Generator.OrDefault(generator)), generator);
    }
}
