using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static class autograd
    {
        /// <summary>
        /// The gradients of the outputs' sum (weighted by <paramref name="grad_outputs"/>) by the inputs, in their order. Nothing is
        /// accumulated in <see cref="Tensor.grad"/>. With <paramref name="allow_unused"/>, an input that the outputs do not depend on gets an
        /// invalid tensor.
        /// </summary>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            nint[] outs = Native.Handles(outputs), ins = Native.Handles(inputs), grads = Native.Handles(grad_outputs);
            fixed (nint* o = outs, i = ins, g = grads)
            {
                nint list = Native.autograd_grad(o, outs.Length, i, ins.Length, g, grads.Length, retain_graph, create_graph, allow_unused);
                Tensor[] result = Native.Take(list, outputs);
                GC.KeepAlive(inputs);
                GC.KeepAlive(grad_outputs);
                return result;
            }
        }

        /// <summary>Adds the gradients of the tensors' sum to the leaves that they were computed from, or only to <paramref name="inputs"/>.</summary>
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            nint[] outs = Native.Handles(tensors), grads = Native.Handles(grad_tensors), ins = Native.Handles(inputs);
            fixed (nint* o = outs, g = grads, i = ins)
            {
                int status = Native.autograd_backward(o, outs.Length, g, grads.Length, i, ins.Length, retain_graph ?? create_graph, create_graph);
                Native.Checked(status, tensors, grad_tensors, inputs);
            }
        }
    }
}
