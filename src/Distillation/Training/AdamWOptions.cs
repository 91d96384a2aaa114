namespace Reflux.Distillation.Training;

/// <summary>Hyperparameters of <see cref="AdamW"/>.</summary>
/// <param name="Beta1">Decay of the mean of the gradients.</param>
/// <param name="Beta2">Decay of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Share of a matrix's weights taken off a step, times the learning rate.</param>
public sealed record AdamWOptions(double Beta1 = 0.9, double Beta2 = 0.95, double Epsilon = 1e-8, double WeightDecay = 0.01);
