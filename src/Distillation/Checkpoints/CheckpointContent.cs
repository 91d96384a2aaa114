using static TorchSharp.torch;

namespace Reflux.Distillation.Checkpoints;

/// <summary>A copy of a trainer's state on its way to disk. Owns its tensors.</summary>
public sealed class CheckpointContent : IDisposable
{
    /// <summary>Position, counters, provenance.</summary>
    public required CheckpointDocument Document { get; init; }

    /// <summary>Tensor files, each a set of named tensors on the CPU.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>> Tensors { get; init; }

    /// <summary>Other files, encoded when they are written: not in the trainer's time.</summary>
    public required IReadOnlyDictionary<string, Func<byte[]>> Files { get; init; }

    /// <summary>The state's hash, computed when it is first asked for: not in the trainer's time.</summary>
    public required Lazy<string> StateHash { get; init; }

    /// <summary>Returns the tensors' memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values.SelectMany(file => file.Values))
        {
            tensor.Dispose();
        }
    }
}
