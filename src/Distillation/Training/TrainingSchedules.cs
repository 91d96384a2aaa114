namespace Reflux.Distillation.Training;

/// <summary>The names that a spec's schedule may have.</summary>
public static class TrainingSchedules
{
    /// <summary>The full learning rate after the warm-up.</summary>
    public const string Constant = "constant";

    /// <summary>A half cosine from the full learning rate after the warm-up to the minimum at the schedule's last step.</summary>
    public const string Cosine = "cosine";
}
