using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class Native
{
    [DllImport(Library, EntryPoint = "reflux_last_error")]
    internal static extern nint last_error();

    [DllImport(Library, EntryPoint = "reflux_version")]
    internal static extern nint version();

    [DllImport(Library, EntryPoint = "reflux_get_num_threads")]
    internal static extern int get_num_threads();

    [DllImport(Library, EntryPoint = "reflux_set_num_threads")]
    internal static extern int set_num_threads(int count);

    [DllImport(Library, EntryPoint = "reflux_grad_enabled")]
    internal static extern int grad_enabled();

    [DllImport(Library, EntryPoint = "reflux_set_grad_enabled")]
    internal static extern void set_grad_enabled(bool enabled);

    [DllImport(Library, EntryPoint = "reflux_inference_mode_enter")]
    internal static extern nint inference_mode_enter(bool enabled);

    [DllImport(Library, EntryPoint = "reflux_inference_mode_leave")]
    internal static extern void inference_mode_leave(nint guard);

    [DllImport(Library, EntryPoint = "reflux_inference_mode_enabled")]
    internal static extern int inference_mode_enabled();

    [DllImport(Library, EntryPoint = "reflux_cuda_device_count")]
    internal static extern int cuda_device_count();

    [DllImport(Library, EntryPoint = "reflux_cuda_synchronize")]
    internal static extern int cuda_synchronize(int index);

    [DllImport(Library, EntryPoint = "reflux_generator_new")]
    internal static extern nint generator_new(ulong seed, int deviceType, int deviceIndex);

    [DllImport(Library, EntryPoint = "reflux_generator_dispose")]
    internal static extern void generator_dispose(nint generator);

    [DllImport(Library, EntryPoint = "reflux_generator_seed")]
    internal static extern int generator_seed(nint generator, long seed);

    [DllImport(Library, EntryPoint = "reflux_generator_initial_seed")]
    internal static extern long generator_initial_seed(nint generator);

    [DllImport(Library, EntryPoint = "reflux_generator_get_state")]
    internal static extern nint generator_get_state(nint generator);

    [DllImport(Library, EntryPoint = "reflux_generator_set_state")]
    internal static extern int generator_set_state(nint generator, nint state);

    [DllImport(Library, EntryPoint = "reflux_manual_seed")]
    internal static extern int manual_seed(long seed);

    [DllImport(Library, EntryPoint = "reflux_list_length")]
    internal static extern int list_length(nint list);

    [DllImport(Library, EntryPoint = "reflux_list_take")]
    internal static extern nint list_take(nint list, int index);

    [DllImport(Library, EntryPoint = "reflux_list_dispose")]
    internal static extern void list_dispose(nint list);

    [DllImport(Library, EntryPoint = "reflux_autograd_grad")]
    internal static extern nint autograd_grad(nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradients, int gradientCount, bool retain, bool create, bool allowUnused);

    [DllImport(Library, EntryPoint = "reflux_autograd_backward")]
    internal static extern int autograd_backward(nint* tensors, int tensorCount, nint* gradients, int gradientCount, nint* inputs, int inputCount, bool retain, bool create);
}
