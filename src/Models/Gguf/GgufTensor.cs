using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Gguf;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Rows first, as libtorch has it; the file has it the other way round.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Values">Gives its values when their turn comes, in the current dispose scope.</param>
internal sealed record GgufTensor(string Name, long[] Shape, GgufType Type, Func<Tensor> Values)
{
    /// <summary>The bytes of its values in the file.</summary>
    public long Bytes
    {
        get
        {
            long elements = Shape.Aggregate(1L, (product, length) => checked(product * length));
            return Type switch
            {
                GgufType.F32 => elements * 4,
                GgufType.Q8 => elements / Q8Blocks.Length * Q8Blocks.Bytes,
                _ => elements * 2,
            };
        }
    }
}
