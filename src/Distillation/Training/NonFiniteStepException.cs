using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Training;

/// <summary>A step's loss or gradient was NaN or infinite; the weights are as they were before it.</summary>
public sealed class NonFiniteStepException(long step, double loss, double gradientNorm)
    : RefluxException(
        ErrorCodes.NonFinite,
        $"Step {step} has loss {loss} and gradient norm {gradientNorm}; nothing of it went into the weights, and its sequences are among the dead letters.",
        "Resume the student to go on after them; or fork it with a lower training.learningRate or more training.warmupSteps.");
