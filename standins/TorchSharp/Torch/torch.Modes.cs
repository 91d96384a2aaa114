using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Until it is disposed, nothing on this thread is recorded for gradients.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Native.grad_enabled() != 0;

    /// <summary>As <see cref="no_grad"/>, and the tensors made inside can never take part in gradients: a little faster.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Native.inference_mode_enabled() != 0;

    /// <summary>From now on, what this thread creates belongs to the new scope.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    /// <summary>The result of an expression; its intermediate tensors are disposed.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using DisposeScope scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    /// <summary>How many threads one operation may use when the calling thread asks for it.</summary>
    public static int get_num_threads() => Native.get_num_threads();

    public static void set_num_threads(int num) => Native.Checked(Native.set_num_threads(num));

    private sealed class GradMode : IDisposable
    {
        private readonly bool _previous = is_grad_enabled();

        public GradMode(bool enabled) => Native.set_grad_enabled(enabled);

        public void Dispose() => Native.set_grad_enabled(_previous);
    }

    private sealed class InferenceMode(bool mode) : IDisposable
    {
        private nint _guard = Native.inference_mode_enter(mode);

        public void Dispose()
        {
            nint guard = Interlocked.Exchange(ref _guard, 0);
            if (guard != 0)
            {
                Native.inference_mode_leave(guard);
            }
        }
    }
}
