namespace Reflux.Distillation.Training;

/// <summary>Where a trainer is in its life.</summary>
public enum TrainerState
{
    /// <summary>Loading its base or its checkpoint.</summary>
    Starting,

    /// <summary>Reading its log and training.</summary>
    Running,

    /// <summary>Left in good order, or on the way there.</summary>
    Stopped,

    /// <summary>Can't go on; its message says why.</summary>
    Failed,
}
