using Reflux.Contracts.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Snapshots;

/// <summary>The dtypes that a snapshot's weights may have.</summary>
public static class SnapshotDtype
{
    /// <summary>The tensor type of a safetensors dtype.</summary>
    /// <param name="name">"BF16", "F16" or "F32".</param>
    /// <exception cref="RefluxException">It is another.</exception>
    public static ScalarType Parse(string name) => name switch
    {
        "BF16" => ScalarType.BFloat16,
        "F16" => ScalarType.Float16,
        "F32" => ScalarType.Float32,
        _ => throw new RefluxException(ErrorCodes.OptionOutOfRange, $"snapshots.dtype is '{name}'.", "Set it to BF16, F16 or F32."),
    };
}
