using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Training;

/// <summary>A step's loss or gradient was NaN or infinite; the weights are as they were before it.</summary>
public sealed class NonFiniteStepException(long step, double loss, double gradientNorm)
    : RefluxException(
        ErrorCodes.NonFinite,
        $"Step {step} has loss {loss} and gradient norm {gradientNorm}; nothing of it went into the weights.",
        "Lower training.learningRate or raise training.warmupSteps, and create the student anew; the log is intact.");
