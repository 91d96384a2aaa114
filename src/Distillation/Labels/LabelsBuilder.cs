using Reflux.Distillation.Records;

namespace Reflux.Distillation.Labels;

/// <summary>Gathers the labels of one sequence, a position at a time.</summary>
public abstract class LabelsBuilder
{
    /// <summary>Adds the next position: row <paramref name="row"/> of <paramref name="rows"/>, which are of the builder's own labeller.</summary>
    public abstract void Append(LabelRows rows, int row);

    /// <summary>The labels of all positions added.</summary>
    public abstract SoftLabels Build();
}
