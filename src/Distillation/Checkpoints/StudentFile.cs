using Reflux.Contracts.Definitions;

namespace Reflux.Distillation.Checkpoints;

/// <summary><c>student.json</c> beside a student's checkpoints: what, with the base model and the log, determines its weights.</summary>
/// <param name="Student">Its definition.</param>
/// <param name="Lane">Its lane's.</param>
public sealed record StudentFile(Definition Student, Definition Lane);
