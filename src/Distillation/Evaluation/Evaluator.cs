using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Records;
using Reflux.Models.Decoders;

namespace Reflux.Distillation.Evaluation;

/// <summary>Measures a student in one go. On a shared compute thread run the batches of <see cref="AcceptanceMeasurement"/> one by one instead.</summary>
public static class Evaluator
{
    /// <summary>α̂ and KL̂ of <paramref name="decoder"/> on <paramref name="holdout"/>.</summary>
    /// <param name="decoder">The student.</param>
    /// <param name="holdout">Sequences with labels in the holdout form.</param>
    /// <param name="temperature">T of the labels.</param>
    public static AcceptanceReport Measure(CausalDecoder decoder, IReadOnlyList<LabelledSequence> holdout, double temperature)
    {
        var measurement = new AcceptanceMeasurement(decoder, holdout, temperature);
        for (var batch = 0; batch < measurement.Batches; batch++)
        {
            measurement.Run(batch);
        }

        return measurement.Report();
    }
}
