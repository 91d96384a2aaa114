namespace Reflux.Distillation.Training;

/// <summary>
/// How far a trainer goes between two checkpoints, at most: what lies behind the last one is trained again after a crash, and producers on a small broker
/// run ahead of it only so far.
/// </summary>
public static class CheckpointInterval
{
    /// <summary>Label records.</summary>
    public const long Records = 16;

    /// <summary>Bytes of label records.</summary>
    public const long Bytes = 1 << 20;

    /// <summary>Time, while there is something to write.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
}
