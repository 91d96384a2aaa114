using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>Whether operations on the tensor are recorded for gradients.</summary>
        public bool requires_grad
        {
            get => Native.Checked(Native.requires_grad(Handle), this) != 0;
            set => Native.Checked(Native.set_requires_grad(Handle, value), this);
        }

        public Tensor requires_grad_(bool requires_grad = true) => Changed(Native.set_requires_grad(Handle, requires_grad));

        public bool is_leaf => Native.Checked(Native.is_leaf(Handle), this) != 0;

        /// <summary>The accumulated gradient; null before the first one. Every read is a new reference, owned by the current scope.</summary>
        public Tensor? grad
        {
            get
            {
                nint gradient;
                Native.Checked(Native.grad(Handle, &gradient), this);
                return gradient == 0 ? null : new Tensor(gradient);
            }

            set => Native.Checked(Native.set_grad(Handle, OrNone(value)), this, value);
        }

        public void retain_grad() => Native.Checked(Native.retain_grad(Handle), this);

        /// <summary>Adds the gradients of this scalar to the leaves that it was computed from.</summary>
        public void backward() => autograd.backward([this]);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
