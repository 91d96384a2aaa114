using Reflux.Contracts.Definitions;
using Reflux.Distillation.Objectives;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>Targets that remember in which pieces they were used.</summary>
internal sealed class WatchedTargets(SoftTargets targets) : SoftTargets(targets.Tokens)
{
    public List<long> Lengths { get; } = [];

    public override SoftTargets Narrow(long start, long length)
    {
        Lengths.Add(length);
        return targets.Narrow(start, length);
    }

    internal override Tensor ReplaceByGradient(Tensor logits, Divergence divergence, double temperature, double scale) =>
        throw new InvalidOperationException("the whole was asked for");
}
