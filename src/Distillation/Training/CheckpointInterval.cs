namespace Reflux.Distillation.Training;

/// <summary>How much of the log a trainer consumes between checkpoints, at most; producers on a small broker run ahead of the last one only so far.</summary>
public static class CheckpointInterval
{
    /// <summary>Label records.</summary>
    public const long Records = 16;

    /// <summary>Bytes of label records.</summary>
    public const long Bytes = 1 << 20;
}
