using Reflux.Distillation.Checkpoints;

namespace Reflux.Distillation.Tests.Training;

/// <summary>What a checkpoint holds: digests of weights, optimizer, dedupe state, holdout and pending sequences.</summary>
internal sealed record TrainedState(long Step, string Digests, CheckpointDocument Document)
{
    public string Weights => Document.Files["weights.safetensors"] + Document.Files["optimizer.safetensors"];

    public bool Equals(TrainedState? other) => other is not null && Step == other.Step && Digests == other.Digests && Document.Next == other.Document.Next;

    public override int GetHashCode() => HashCode.Combine(Step, Digests);
}
