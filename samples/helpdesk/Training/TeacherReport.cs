using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>What came out of a teacher's training; measured on the stored bf16 weights.</summary>
/// <param name="Parameters">Number of weights.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Sequences">Messages trained on, each once.</param>
/// <param name="Tokens">Tokens trained on, prompts included.</param>
/// <param name="FinalLoss">Mean cross-entropy of the last 50 steps, nats for each answer token.</param>
/// <param name="Lines">The held-out figures of each line.</param>
public sealed record TeacherReport(long Parameters, int Steps, long Sequences, long Tokens, double FinalLoss, IReadOnlyList<TeacherLineReport> Lines);
