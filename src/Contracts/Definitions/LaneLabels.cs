namespace Reflux.Contracts.Definitions;

/// <summary>The forms of soft labels that a lane can have.</summary>
public static class LaneLabels
{
    /// <summary>Draws with replacement: unbiased, small, for forward KL.</summary>
    public const string Sampled = "sampled";

    /// <summary>The most probable ids and the mass of all others: for every objective; measures within bounds.</summary>
    public const string TopK = "topk";
}
