namespace Reflux.Distillation.Records;

/// <summary>The snapshot of a student that wrote an answer which the teacher then labelled (on-policy rows).</summary>
/// <param name="StudentId">The student.</param>
/// <param name="Version">Its snapshot's version.</param>
public sealed record StudentVersion(Guid StudentId, long Version);
