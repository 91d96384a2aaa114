namespace Reflux.Distillation.Archive;

/// <summary>Whose labels a log holds.</summary>
public sealed record ArchivedLane(Guid Id, string Name);
