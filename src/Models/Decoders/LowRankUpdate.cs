using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>What an adapter adds to a linear map: s·B·A.</summary>
/// <param name="Down">A, [r,in].</param>
/// <param name="Up">B, [out,r].</param>
/// <param name="Scale">s</param>
internal sealed record LowRankUpdate(Tensor Down, Tensor Up, double Scale)
{
    /// <summary>[N,out] plus the update of [N,in], inside the matrix product.</summary>
    public Tensor AddTo(Tensor mapped, Tensor rows) => mapped.addmm(rows.mm(Down.t()).Times(Scale), Up.t());

    /// <summary>[out,in]: s·B·A, to be added to the weight.</summary>
    public Tensor Product() => Up.mm(Down).Times(Scale);
}
