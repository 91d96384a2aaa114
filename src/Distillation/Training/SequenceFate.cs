namespace Reflux.Distillation.Training;

/// <summary>What becomes of a sequence met in the log.</summary>
public enum SequenceFate
{
    /// <summary>Seen for the first time: trains.</summary>
    Training,

    /// <summary>Seen for the first time and kept for measuring.</summary>
    Holdout,

    /// <summary>Took effect before: dropped.</summary>
    Duplicate,

    /// <summary>Older than the memory of what took effect: never trained, goes to the dead letters.</summary>
    Stale,
}
