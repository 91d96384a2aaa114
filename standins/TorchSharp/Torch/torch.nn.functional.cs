using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static class nn
    {
        /// <summary>What a loss does with its elements.</summary>
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static class functional
        {
            /// <summary>input [..., in] · weightsᵀ [in, out] + bias [out]</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Tensor.From(Native.linear(input.Handle, weights.Handle, bias is null ? 0 : bias.Handle), input, weights, bias);

            /// <summary>x · σ(x)</summary>
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.copy_(x.silu()) : x.silu();

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.clamp_min_(0) : x.relu();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Tensor.From(Native.one_hot(x.Handle, num_classes), x);

            /// <summary>−ln softmax(input [n, classes])[target [n]], in nats; targets of <paramref name="ignore_index"/> count for nothing.</summary>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Tensor.From(
                    Native.cross_entropy(
                        input.Handle, target.Handle, weight is null ? 0 : weight.Handle, (long)reduction, ignore_index, label_smoothing),
                    input, target, weight);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Tensor.From(Native.mse_loss(input.Handle, target.Handle, (long)reduction), input, target);

            /// <summary>
            /// softmax(query · keyᵀ / √d + mask) · value for [..., length, d]; a bool mask (true = attends) or one to add.
            /// </summary>
            /// <exception cref="ArgumentException">A negative dropout probability, or a mask beside the causal one.</exception>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                if (p < 0)
                {
                    throw new ArgumentException("Dropout probability must be greater than or equal to zero.");
                }

                if (is_casual && attn_mask is not null)
                {
                    throw new ArgumentException("Casual attention masking cannot pass a mask.");
                }

                Tensor result = Tensor.From(
                    Native.attention(query.Handle, key.Handle, value.Handle, attn_mask is null ? 0 : attn_mask.Handle, p, is_casual),
                    query, key, value);
                GC.KeepAlive(attn_mask);
                return result;
            }
        }
    }
}
