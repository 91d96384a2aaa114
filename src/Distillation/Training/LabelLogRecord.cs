using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Training;

/// <summary>One record of the label log, as it was written.</summary>
public sealed record LabelLogRecord(Position Position, ReadOnlyMemory<byte> Value);
