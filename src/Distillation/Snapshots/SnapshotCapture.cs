using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Models.Adapters;
using static TorchSharp.torch;

namespace Reflux.Distillation.Snapshots;

/// <summary>A student between two steps: its weights in the snapshot's dtype and everything else that the snapshot says. Owns its tensors.</summary>
internal sealed class SnapshotCapture : IDisposable
{
    public required IReadOnlyDictionary<string, Tensor> Weights { get; init; }

    /// <summary>What was trained beside a base, if that is how this student learns; merged into the weights as well.</summary>
    public (LoraConfig Config, IReadOnlyDictionary<string, Tensor> Parameters)? Adapter { get; init; }

    public required long Step { get; init; }

    public required Position? Start { get; init; }

    /// <summary>The oldest sequence that is not in the weights.</summary>
    public required (Position? Record, int Index) Frontier { get; init; }

    public required string TeacherRevision { get; init; }

    public required IntakeCounters Counters { get; init; }

    public required double DeviceSeconds { get; init; }

    /// <summary>The newest holdout sequences, oldest first.</summary>
    public required IReadOnlyList<LabelledSequence> Holdout { get; init; }

    public void Dispose()
    {
        foreach (var tensor in Weights.Values.Concat(Adapter?.Parameters.Values ?? []))
        {
            tensor.Dispose();
        }
    }
}
