using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>
/// The part of TorchSharp's `torch` that Reflux uses, over the libtorch of the machine. `api.txt` lists what is served; names,
/// arguments and meanings are those of TorchSharp 0.107.0.
/// </summary>
public static partial class torch
{
    /// <summary>The version of libtorch.</summary>
    public static string __version__ { get; } = Native.Version();

    /// <summary>Does nothing here: errors are thrown by the call that meets them.</summary>
    public static void CheckForErrors()
    {
    }
}
