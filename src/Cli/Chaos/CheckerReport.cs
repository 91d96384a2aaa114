namespace Reflux.Cli.Chaos;

/// <summary>What became of the acknowledged prompts, and everything that is not as it has to be.</summary>
/// <param name="Acknowledged">Prompts with a 202.</param>
/// <param name="Trained">Of them in the weights.</param>
/// <param name="Holdout">Of them kept to measure on.</param>
/// <param name="DeadLettered">Of them among the dead letters only.</param>
/// <param name="Quarantined">Of them part of a step that was undone.</param>
/// <param name="Pending">Of them read and waiting for a full step.</param>
/// <param name="Lost">Of them nowhere, and effects that the student lacks.</param>
/// <param name="TrainedTwice">Effects that the student has beyond one a sequence.</param>
/// <param name="Problems">In words.</param>
internal sealed record CheckerReport(
    long Acknowledged, long Trained, long Holdout, long DeadLettered, long Quarantined, long Pending, long Lost, long TrainedTwice, IReadOnlyList<string> Problems);
