using Reflux.Distillation.Objectives;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>Top-k targets straight from a teacher's float64 logits, nothing rounded.</summary>
internal static class TeacherLabels
{
    public static TopKTargets TopK(Tensor teacherLogits, int k, double temperature = 1, Tensor? tokens = null)
    {
        var teacher = (teacherLogits / temperature).log_softmax(1);
        var (kept, ids) = teacher.topk(k, 1);
        var tail = teacher.scatter(1, ids, full_like(kept, double.NegativeInfinity)).logsumexp(1, keepdim: true);
        return TopKTargets.Of(ids, kept, tail, tokens ?? ids.narrow(1, 0, 1).squeeze(1));
    }
}
