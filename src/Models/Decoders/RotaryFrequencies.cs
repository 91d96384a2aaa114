namespace Reflux.Models.Decoders;

/// <summary>The angles, in radians a position, by which the d/2 pairs of a head turn.</summary>
internal static class RotaryFrequencies
{
    /// <summary>θ^(−2i/d), scaled where the model says so. Source: Su et al. 2021, "RoFormer".</summary>
    public static double[] Of(ModelConfig config) =>
        [.. Enumerable.Range(0, config.HeadDim / 2).Select(i => Scale(Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim), config.RopeScaling))];

    private static double Scale(double frequency, Llama3RopeScaling? scaling)
    {
        if (scaling is null)
        {
            return frequency;
        }

        // how often the pair turns round within the original context
        double turns = scaling.OriginalMaxPositions * frequency / (2 * Math.PI);
        double kept = Math.Clamp((turns - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor), 0, 1);
        return frequency * (kept + ((1 - kept) / scaling.Factor));
    }
}
