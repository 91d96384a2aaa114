using Reflux.Contracts.Definitions;

namespace Reflux.Distillation.Records;

/// <summary>How positions are described. Labels train only at their own temperature.</summary>
/// <param name="Kind">The form of the labels.</param>
/// <param name="Size">N, the draws with replacement at each position, or k, the most ids at each; 1 to 65,535.</param>
/// <param name="Temperature">T of the distribution p that was described, above 0.</param>
public sealed record LabelSpec(LabelKind Kind, int Size, double Temperature)
{
    /// <summary>How a lane is labelled.</summary>
    public static LabelSpec Of(LaneSpec lane) => lane.Labels == LaneLabels.TopK
        ? new LabelSpec(LabelKind.TopK, lane.TopK, lane.Temperature)
        : new LabelSpec(LabelKind.Sampled, lane.Draws, lane.Temperature);
}
