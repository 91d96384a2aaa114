using Reflux.Contracts.Definitions;
using Reflux.Distillation.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>
/// A random teacher's side in one label kind, and the loss on it as one writes it down first: whole rows of log-probabilities, masses instead of their logarithms,
/// gradients by autograd. Float64.
/// </summary>
internal sealed class NaiveLoss
{
    private readonly Objective _objective;
    private readonly Tensor _tokens;
    private readonly Tensor _ids;
    private readonly Tensor _teacher;
    private readonly bool _hasTail;

    private NaiveLoss(Objective objective, SoftTargets targets, Tensor ids, Tensor teacher, bool hasTail) =>
        (_objective, Targets, _tokens, _ids, _teacher, _hasTail) = (objective, targets, targets.Tokens, ids, teacher, hasTail);

    public SoftTargets Targets { get; }

    /// <param name="kind">dense, topk or sampled.</param>
    /// <param name="objective">What is computed.</param>
    /// <param name="teacherLogits">float64 [P, V]</param>
    /// <param name="k">Ids of a top-k or sampled row.</param>
    /// <param name="tokens">int64 [P]</param>
    public static NaiveLoss Of(string kind, Objective objective, Tensor teacherLogits, int k, Tensor tokens)
    {
        var teacher = (teacherLogits / objective.Temperature).softmax(1);
        var (kept, ids) = teacher.topk(k, 1);
        var all = arange(teacher.shape[1]).expand(teacher.shape);
        return kind switch
        {
            "dense" => new NaiveLoss(objective, new DenseTargets(teacherLogits, tokens), all, teacher, false),
            "topk" => new NaiveLoss(objective, TeacherLabels.TopK(teacherLogits, k, objective.Temperature, tokens), ids, cat([kept, 1 - kept.sum(1, keepdim: true)], 1), true),
            "sampled" => Sampled(objective, kept / kept.sum(1, keepdim: true), ids, tokens),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>A scalar with a graph.</summary>
    public Tensor Loss(Tensor logits, double count)
    {
        var (q, w, temperature) = ((logits / _objective.Temperature).softmax(1).gather(1, _ids), _objective.CrossEntropyWeight, _objective.Temperature);
        q = _hasTail ? cat([q, 1 - q.sum(1, keepdim: true)], 1) : q;
        var hard = logits.log_softmax(1).gather(1, _tokens.unsqueeze(1)).sum().neg();
        return ((Divergence(_teacher, q) * ((1 - w) * temperature * temperature)) + (hard * w)) / count;
    }

    // (c/N)(−ln q) without the entropy: the weights are no distribution that a KL could be taken of
    private static NaiveLoss Sampled(Objective objective, Tensor weights, Tensor ids, Tensor tokens) =>
        new(objective, SampledTargets.FromWeights(ids, weights, tokens), ids, weights, false) { WithoutEntropy = true };

    private bool WithoutEntropy { get; init; }

    private Tensor Divergence(Tensor p, Tensor q)
    {
        var a = _objective.Divergence.Parameter;
        return _objective.Divergence.Kind switch
        {
            DivergenceKind.ForwardKl when WithoutEntropy => (p * q.log()).sum().neg(),
            DivergenceKind.ForwardKl => Kl(p, q),
            DivergenceKind.ReverseKl => Kl(q, p),
            DivergenceKind.Jsd => (Kl(p, (p * a) + (q * (1 - a))) * a) + (Kl(q, (p * a) + (q * (1 - a))) * (1 - a)),
            DivergenceKind.SkewForwardKl => Kl(p, (p * a) + (q * (1 - a))),
            DivergenceKind.SkewReverseKl => Kl(q, (p * (1 - a)) + (q * a)),
            _ => (p - q).abs().sum() / 2,
        };
    }

    private static Tensor Kl(Tensor p, Tensor q) => (p * (p.log() - q.log())).sum();
}
