namespace Reflux.Models.Gguf;

/// <summary>What a GGUF file holds.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Tensors">How many tensors it holds.</param>
/// <param name="KeptF16">The matrices that are float16, because their rows are no multiple of q8_0's blocks.</param>
/// <param name="Differences">In which texts llama.cpp's ids differ from ours.</param>
public sealed record GgufReport(long Bytes, int Tensors, IReadOnlyList<string> KeptF16, IReadOnlyList<string> Differences);
