namespace Reflux.Cli.Bench.HeadLoss;

/// <summary>What head and loss are measured on.</summary>
/// <param name="Tokens">P: labelled positions.</param>
/// <param name="Hidden">H.</param>
/// <param name="Vocabulary">V.</param>
/// <param name="Dtype">f32, or bf16: of states and head. The loss is computed in float32 and the head's gradient added up in it.</param>
/// <param name="Device">cpu, cuda or cuda:n.</param>
internal sealed record HeadLossShape(int Tokens, int Hidden, int Vocabulary, string Dtype = "f32", string Device = "cpu")
{
    /// <summary>A Llama 3 vocabulary on a small student.</summary>
    public static HeadLossShape Standard { get; } = new(2048, 512, 128_256);
}
