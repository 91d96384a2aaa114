namespace Reflux.Distillation.Records;

/// <summary>How positions are described. Labels train only at their own temperature.</summary>
/// <param name="Kind">The form of the labels.</param>
/// <param name="Draws">N: draws with replacement at each position, 1 to 65,535.</param>
/// <param name="Temperature">T of the distribution p that was drawn from, above 0.</param>
public sealed record LabelSpec(LabelKind Kind, int Draws, double Temperature);
