namespace Reflux.Distillation.Records;

/// <summary>The form of a soft label.</summary>
public enum LabelKind : byte
{
    /// <summary>N draws with replacement from p: unbiased for forward KL and cross-entropy, and only for these.</summary>
    Sampled = 1,

    /// <summary>The k most probable ids with ln p, and ln of the tail's mass: what every objective takes, with the tail as one bucket.</summary>
    TopK = 2,
}
