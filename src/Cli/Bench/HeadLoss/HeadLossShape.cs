namespace Reflux.Cli.Bench.HeadLoss;

/// <summary>What head and loss are measured on, in float32.</summary>
/// <param name="Tokens">P: labelled positions.</param>
/// <param name="Hidden">H.</param>
/// <param name="Vocabulary">V.</param>
internal sealed record HeadLossShape(int Tokens, int Hidden, int Vocabulary)
{
    /// <summary>A Llama 3 vocabulary on a small student.</summary>
    public static HeadLossShape Standard { get; } = new(2048, 512, 128_256);
}
