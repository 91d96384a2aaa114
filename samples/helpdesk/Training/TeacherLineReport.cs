using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>A teacher on unseen messages of one line.</summary>
/// <param name="Line">The product line.</param>
/// <param name="Messages">How many messages.</param>
/// <param name="RoutingAccuracy">Share of greedy answers with all three routing fields right.</param>
/// <param name="Entropy">The teacher's entropy over answer positions, nats, mean.</param>
/// <param name="EntropyWithoutTimes">The same less the wording of times, whose entropy the grammar gives.</param>
/// <param name="TrueEntropy">The entropy of the grammar's answers over the same positions, nats, mean, without the wording of times.</param>
/// <param name="CrossEntropy">Of the grammar's answers under the teacher, nats for each answer token.</param>
public sealed record TeacherLineReport(
    ProductLine Line, int Messages, double RoutingAccuracy, double Entropy, double EntropyWithoutTimes, double TrueEntropy, double CrossEntropy);
