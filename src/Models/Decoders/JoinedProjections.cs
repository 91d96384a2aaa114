using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// Linear maps of the same rows. Their weights lie one behind the other in memory, so that one matrix product can do for all: with few rows, as in
/// generation, most of a product's time is its beginning.
/// </summary>
internal sealed class JoinedProjections : IDisposable
{
    private readonly Projection[] _maps;
    private readonly long[] _widths;
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <param name="maps">All with a bias or none with one.</param>
    /// <param name="weight">Their weights as the rows of one matrix, which they are views of.</param>
    /// <param name="bias">Likewise.</param>
    private JoinedProjections(Projection[] maps, Tensor weight, Tensor? bias)
    {
        (_maps, _weight, _bias) = (maps, weight, bias);
        _widths = [.. maps.Select(map => map.Weight.size(0))];
    }

    /// <summary>Joins the maps of one layer: replaces their parameters by views of common tensors, which the parameters keep alive.</summary>
    public static JoinedProjections Of(SortedDictionary<string, Tensor> parameters, int layer, params string[] names)
    {
        Tensor weight = Join(ParameterLayout.Weight)!;
        Tensor? bias = Join(ParameterLayout.Bias);
        return new JoinedProjections([.. names.Select(name => Projection.Of(parameters, layer, name))], weight, bias);

        Tensor? Join(string part)
        {
            string[] keys = [.. names.Select(name => ParameterLayout.Layer(layer, name, part))];
            if (!parameters.ContainsKey(keys[0]))
            {
                return null;
            }

            using var scope = NewDisposeScope();
            using IDisposable gradients = no_grad();
            Tensor joined = cat([.. keys.Select(key => parameters[key])]).DetachFromDisposeScope();
            long row = 0;
            foreach (string key in keys)
            {
                Tensor own = parameters[key];
                parameters[key] = joined.narrow(0, row, own.size(0)).detach().DetachFromDisposeScope();
                row += own.size(0);
                own.Dispose();
            }

            return joined;
        }
    }

    public Projection this[int index] => _maps[index];

    /// <summary>Lets go of the common tensors; the parameters have their own hold on the memory.</summary>
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }

    /// <summary>[N,in] to one [N,out] each; they may be parts of one matrix.</summary>
    /// <param name="joined">One product, whose result knows no gradients; an adapter on one of the maps overrules it.</param>
    public Tensor[] Apply(Tensor rows, bool joined)
    {
        if (!joined || Array.Exists(_maps, map => map.Update is not null))
        {
            return [.. _maps.Select(map => map.Apply(rows))];
        }

        Tensor all = _bias is null ? rows.mm(_weight.t()) : _bias.addmm(rows, _weight.t());
        return all.split(_widths, 1);
    }
}
