namespace Reflux.Distillation.Training;

/// <summary>What one optimizer step did.</summary>
/// <param name="Loss">Mean loss over the step's labelled positions, before the update.</param>
/// <param name="GradientNorm">Global gradient norm before clipping.</param>
/// <param name="LearningRate">The step size taken.</param>
public readonly record struct StepResult(double Loss, double GradientNorm, double LearningRate);
