using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>The product of matrices [..., n, k] and [..., k, m], batches broadcast; of vectors the inner product.</summary>
        public Tensor matmul(Tensor target) => From(Native.matmul(Handle, target.Handle), this, target);

        public Tensor mm(Tensor target) => From(Native.mm(Handle, target.Handle), this, target);

        public Tensor mv(Tensor target) => From(Native.mv(Handle, target.Handle), this, target);

        public Tensor bmm(Tensor batch2) => From(Native.bmm(Handle, batch2.Handle), this, batch2);

        public Tensor dot(Tensor target) => From(Native.dot(Handle, target.Handle), this, target);

        public Tensor outer(Tensor vec2) => From(Native.outer(Handle, vec2.Handle), this, vec2);

        /// <summary>beta · this + alpha · mat1 · mat2</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            From(Native.addmm(Handle, mat1.Handle, mat2.Handle, beta, alpha), this, mat1, mat2);

        /// <summary>The k largest (or smallest) elements along a dimension, and their int64 indices.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            nint indexes;
            nint values = Native.topk(Handle, k, dim, largest, sorted, &indexes);
            return From(values, indexes, this);
        }

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
        {
            nint indexes;
            nint values = Native.sort(Handle, dim, descending, stable, &indexes);
            return From(values, indexes, this);
        }

        public Tensor argsort(long dim = -1, bool descending = false) => From(Native.argsort(Handle, dim, descending), this);

        /// <summary>Counts of the values 0, 1, … of a vector of non-negative integers, or sums of their weights.</summary>
        public Tensor bincount(Tensor? weights, long minlength = 0) =>
            From(Native.bincount(Handle, OrNone(weights), minlength), this, weights);

        /// <summary>int64 [..., num_samples]: indices drawn in proportion to the rows of weights.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            From(Native.multinomial(Handle, num_samples, replacement, Generator.OrDefault(generator)), this, generator);
    }
}
