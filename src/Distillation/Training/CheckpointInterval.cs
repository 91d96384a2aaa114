namespace Reflux.Distillation.Training;

/// <summary>
/// How far a trainer goes between two checkpoints, at most: what lies behind the last one is trained again after a crash, and producers on a small broker
/// run ahead of it only so far.
/// </summary>
/// <param name="Records">Label records.</param>
/// <param name="Bytes">Bytes of label records.</param>
/// <param name="Longest">Time, while there is something to write.</param>
public sealed record CheckpointInterval(long Records, long Bytes, TimeSpan Longest)
{
    /// <summary>That of every trainer in a silo.</summary>
    public static CheckpointInterval Default { get; } = new(16, 1 << 20, TimeSpan.FromSeconds(5));

    /// <summary>Only the first and the last checkpoint, for measurements: nothing else promises a restart.</summary>
    public static CheckpointInterval Never { get; } = new(long.MaxValue, long.MaxValue, TimeSpan.MaxValue);
}
