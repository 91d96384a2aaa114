using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>The teacher's side of the loss at P positions.</summary>
public abstract class SoftTargets
{
    private protected SoftTargets(Tensor tokens) => Tokens = tokens;

    /// <summary>int64 [P] the answers' own tokens x_t.</summary>
    public Tensor Tokens { get; }

    /// <summary>P.</summary>
    public long Positions => Tokens.shape[0];

    /// <summary>The labelled positions of sequences of one label kind, one sequence after the other, t ascending. The tensors belong to the caller's dispose scope.</summary>
    /// <param name="sequences">At least one.</param>
    /// <param name="device">Where the tensors go; the numbers of a position are few, and float64.</param>
    public static SoftTargets FromLabels(IReadOnlyList<LabelledSequence> sequences, Device? device = null) => sequences[0].Labels.Kind switch
    {
        LabelKind.TopK => TopKTargets.From(sequences, device),
        _ => SampledTargets.From(sequences, device, ScalarType.Float64),
    };

    /// <summary>The positions from <paramref name="start"/> on, as views: for work in chunks.</summary>
    public abstract SoftTargets Narrow(long start, long length);

    /// <summary>Replaces logits z by scale · ∂ΣD(p, softmax(z/T))/∂z.</summary>
    /// <returns>scale · ΣD, a float64 scalar in the caller's dispose scope.</returns>
    /// <exception cref="RefluxException">They can't train this divergence (invalid-request).</exception>
    internal abstract Tensor ReplaceByGradient(Tensor logits, Divergence divergence, double temperature, double scale);
}
