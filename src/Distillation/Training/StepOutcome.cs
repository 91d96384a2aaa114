using Reflux.Distillation.Records;

namespace Reflux.Distillation.Training;

/// <summary>What became of a step.</summary>
/// <param name="Taken">What it did; null where it was undone.</param>
/// <param name="Undone">Why it was undone; weights and optimizer are as they were before it.</param>
/// <param name="Quarantined">The sequences of an undone step.</param>
internal sealed record StepOutcome(StepResult? Taken, NonFiniteStepException? Undone, IReadOnlyList<DeadLetter> Quarantined);
