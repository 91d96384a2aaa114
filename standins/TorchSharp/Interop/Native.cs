using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.Interop;

/// <summary>
/// The shim's entry points (native/). A tensor crosses as a pointer to an at::Tensor; a pointer of 0 as a result, or a status below 0,
/// means that the calling thread's last error says what went wrong. Everything is blittable, so a call costs nanoseconds.
/// </summary>
internal static unsafe partial class Native
{
    internal const string Library = "reflux_torch";

    internal static ExternalException LastError() => new(Marshal.PtrToStringUTF8(last_error()) ?? "unknown libtorch error");

    /// <summary>The status, when it is not an error. The objects stay alive until here.</summary>
    internal static int Checked(int status, object? first = null, object? second = null, object? third = null)
    {
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        GC.KeepAlive(third);
        return status >= 0 ? status : throw LastError();
    }

    internal static long Checked(long value, object? first = null)
    {
        GC.KeepAlive(first);
        return value >= 0 ? value : throw LastError();
    }

    internal static nint[] Handles(IList<torch.Tensor>? tensors)
    {
        if (tensors is null)
        {
            return [];
        }

        var handles = new nint[tensors.Count];
        for (int i = 0; i < handles.Length; i++)
        {
            handles[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
        }

        return handles;
    }

    /// <summary>The tensors of a native list, which is freed. An undefined tensor becomes an invalid one, as in TorchSharp.</summary>
    internal static torch.Tensor[] Take(nint list, object keep)
    {
        GC.KeepAlive(keep);
        if (list == 0)
        {
            throw LastError();
        }

        var tensors = new torch.Tensor[list_length(list)];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = new torch.Tensor(list_take(list, i));
        }

        list_dispose(list);
        return tensors;
    }

    internal static string Version() => Marshal.PtrToStringUTF8(version())!;
}
