using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>Cosines and signed sines (first half negative) of N tokens, both [N,1,2,d/2].</summary>
internal readonly record struct RotaryAngles(Tensor Cos, Tensor Sin)
{
    /// <summary>Turns [N,H,d] by each row's angles; the result is [N,H,d].</summary>
    public Tensor Rotate(Tensor heads)
    {
        long[] shape = heads.shape;
        Tensor halves = heads.view(shape[0], shape[1], 2, shape[2] / 2);
        return (halves * Cos).addcmul_(halves.flip(2), Sin, Scalars.One).view(shape);
    }
}
