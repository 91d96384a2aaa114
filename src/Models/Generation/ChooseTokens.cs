using static TorchSharp.torch;

namespace Reflux.Models.Generation;

/// <summary>Chooses the next token of each row that is still being written.</summary>
/// <param name="logits">float32 [R,V], owned by the caller.</param>
/// <param name="rows">Which prompt each of the R rows answers (its index in the list of prompts).</param>
/// <param name="step">0 for the first token of the answers.</param>
/// <returns>int64 [R]</returns>
public delegate Tensor ChooseTokens(Tensor logits, ReadOnlySpan<int> rows, int step);
