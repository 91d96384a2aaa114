using static TorchSharp.torch;

namespace Reflux.Models.Weights;

/// <summary>One tensor of a safetensors file; its bytes are <c>[Begin, End)</c> of what follows the header.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Dtype, long[] Shape, long Begin, long End);
