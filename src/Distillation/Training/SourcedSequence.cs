using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Training;

/// <summary>A sequence and where it came from.</summary>
/// <param name="Origin">The record that brought it, without its sequences: provenance and label spec.</param>
/// <param name="Record">Where that record stands in the label log.</param>
/// <param name="Index">Its index in that record.</param>
/// <param name="Sequence">The sequence.</param>
internal sealed record SourcedSequence(LabelRecord Origin, Position Record, int Index, LabelledSequence Sequence)
{
    /// <summary>The same with labels in memory of their own.</summary>
    public SourcedSequence Keep() => this with { Sequence = Sequence with { Labels = Sequence.Labels.Copy() } };
}
