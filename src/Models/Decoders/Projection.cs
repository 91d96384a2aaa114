using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>A linear map of rows: x·Wᵀ + b, and what an adapter adds to it.</summary>
/// <param name="weight">[out,in]</param>
/// <param name="bias">[out], or null for none.</param>
internal sealed class Projection(Tensor weight, Tensor? bias)
{
    /// <summary>[out,in]</summary>
    public Tensor Weight => weight;

    /// <summary>Not this object's; null for none.</summary>
    public LowRankUpdate? Update { get; set; }

    /// <summary>The map that a layer's parameters of this name make; a bias belongs to it where the layout has one.</summary>
    public static Projection Of(IReadOnlyDictionary<string, Tensor> parameters, int layer, string name) => new(
        parameters[ParameterLayout.Layer(layer, name)],
        parameters.GetValueOrDefault(ParameterLayout.Layer(layer, name, ParameterLayout.Bias)));

    /// <summary>[N,in] to [N,out].</summary>
    public Tensor Apply(Tensor rows) => Adapt(bias is null ? rows.mm(weight.t()) : bias.addmm(rows, weight.t()), rows);

    /// <summary>[N,out] + the mapped [N,in], added inside the matrix product.</summary>
    public Tensor AddTo(Tensor residual, Tensor rows)
    {
        Tensor sum = residual.addmm(rows, weight.t());
        return Adapt(bias is null ? sum : sum.add_(bias, Scalars.One), rows);
    }

    private Tensor Adapt(Tensor mapped, Tensor rows) => Update is null ? mapped : Update.AddTo(mapped, rows);
}
