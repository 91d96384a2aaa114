using Reflux.Contracts.Definitions;

namespace Reflux.Distillation.Training;

/// <summary>Linear warm-up, then constant or cosine down to a floor. A pure function of the step.</summary>
public sealed class LearningRateSchedule(TrainingSpec spec)
{
    /// <summary>The learning rate of step <paramref name="step"/>, the first being 1.</summary>
    public double At(long step)
    {
        if (step < spec.WarmupSteps)
        {
            return spec.LearningRate * step / spec.WarmupSteps;
        }

        if (spec.Schedule == TrainingSchedules.Constant)
        {
            return spec.LearningRate;
        }

        var length = Math.Max(1, spec.ScheduleSteps - spec.WarmupSteps);
        var progress = Math.Clamp((double)(step - spec.WarmupSteps) / length, 0, 1);
        return spec.MinLearningRate + ((spec.LearningRate - spec.MinLearningRate) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
