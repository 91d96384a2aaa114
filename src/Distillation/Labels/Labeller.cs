using Reflux.Contracts.Errors;
using Reflux.Distillation.Records;
using Reflux.Models.Generation;
using static TorchSharp.torch;

namespace Reflux.Distillation.Labels;

/// <summary>Makes soft labels of a teacher's logits, on their device.</summary>
public abstract class Labeller
{
    private protected Labeller(LabelSpec spec) => Spec = spec;

    /// <summary>The form of the labels.</summary>
    public LabelSpec Spec { get; }

    /// <summary>The labeller of a form.</summary>
    public static Labeller For(LabelSpec spec) => spec.Kind switch
    {
        LabelKind.Sampled => new LabelSampler(spec.Size, spec.Temperature),
        LabelKind.TopK => new TopKLabeller(spec.Size, spec.Temperature),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Kind, "no such kind of labels"),
    };

    /// <summary>Draws the answer's own token of every row and describes the p that it came from. What a row gets depends on its logits and key alone.</summary>
    /// <param name="logits">[R, V], any floating dtype; −inf marks ids that don't exist.</param>
    /// <param name="keys">[R] where each row's random numbers come from.</param>
    /// <exception cref="RefluxException">A row has NaN or +inf, or nothing but −inf.</exception>
    public abstract LabelRows Sample(Tensor logits, ReadOnlySpan<DrawKey> keys);

    /// <summary>Gathers a sequence's labels from such rows.</summary>
    /// <param name="holdout">True for a sequence that is kept to measure on.</param>
    public abstract LabelsBuilder CreateBuilder(bool holdout);
}
