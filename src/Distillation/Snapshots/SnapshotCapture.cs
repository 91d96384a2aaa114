using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;
using Reflux.Models.Adapters;
using static TorchSharp.torch;

namespace Reflux.Distillation.Snapshots;

/// <summary>A student between two steps: its weights in the snapshot's dtype and everything else that the snapshot says. Owns its tensors.</summary>
internal sealed class SnapshotCapture : IDisposable
{
    public required IReadOnlyDictionary<string, Tensor> Weights { get; init; }

    /// <summary>The state that the weights are part of.</summary>
    public required StateCopy State { get; init; }

    /// <summary>What kind of adapter is trained beside a base, if that is how this student learns; it is merged into the weights as well.</summary>
    public LoraConfig? Adapter { get; init; }

    /// <summary>The oldest sequence that is not in the weights.</summary>
    public required (Position? Record, int Index) Frontier { get; init; }

    public required double DeviceSeconds { get; init; }

    public void Dispose()
    {
        State.Dispose();
        foreach (var tensor in Weights.Values)
        {
            tensor.Dispose();
        }
    }
}
