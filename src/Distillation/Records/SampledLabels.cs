namespace Reflux.Distillation.Records;

/// <summary>
/// Sampled soft labels of P consecutive positions, flat: position i has the drawn ids <c>Ids[Offsets[i] … Offsets[i+1] − 1]</c>, ascending and
/// distinct, each with how often it was drawn; the counts of a position add up to N.
/// </summary>
public sealed class SampledLabels
{
    /// <summary>[P + 1], from 0 up.</summary>
    public required int[] Offsets { get; init; }

    /// <summary>[K] drawn token ids.</summary>
    public required int[] Ids { get; init; }

    /// <summary>[K] how often each was drawn, at least 1.</summary>
    public required ushort[] Counts { get; init; }

    /// <summary>[P] entropy H(p) in nats.</summary>
    public required Half[] Entropy { get; init; }

    /// <summary>[K] ln p of each drawn id in the holdout form, otherwise null.</summary>
    public Half[]? LogProbabilities { get; init; }

    /// <summary>P.</summary>
    public int Positions => Entropy.Length;
}
