namespace Reflux.Models;

/// <summary>
/// How Llama 3.x slows its rotary frequencies for a longer context: wavelengths above <c>OriginalMaxPositions / LowFrequencyFactor</c> are divided
/// by <c>Factor</c>, those below <c>OriginalMaxPositions / HighFrequencyFactor</c> are kept, those between are blended. Source: the <c>llama3</c> type of <c>rope_scaling</c>.
/// </summary>
/// <param name="Factor">What slow frequencies are divided by; at least 1.</param>
/// <param name="LowFrequencyFactor">Above 0.</param>
/// <param name="HighFrequencyFactor">Above <paramref name="LowFrequencyFactor"/>.</param>
/// <param name="OriginalMaxPositions">The context that the unscaled frequencies were trained with, in tokens.</param>
public sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions);
