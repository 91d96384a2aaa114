using Reflux.Models;
using Reflux.Models.Adapters;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>
/// A decoder in bfloat16 that follows another in float32, the master: forward and backward run on the copy, its gradients go to the master, and the
/// master's weights come back after each step. Source: Micikevicius et al. 2018, "Mixed precision training".
/// </summary>
internal sealed class ComputeCopy : IDisposable
{
    private readonly List<(Tensor Master, Tensor Copy)> _trained;
    private readonly LoraAdapter? _adapter;

    /// <param name="master">Only read; its adapter, if any, is what is trained.</param>
    public ComputeCopy(CausalDecoder master)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Decoder = CausalDecoder.FromParameters(master.Config, Cast(master.Parameters), master.TokenCount);
        if (master.Adapter is { } adapter)
        {
            _adapter = LoraAdapter.FromParameters(adapter.Config, Decoder, Cast(adapter.Parameters));
            Decoder.Attach(_adapter);
            _adapter.SetTrainable(true);
            _trained = Pairs(adapter.Parameters, _adapter.Parameters);
        }
        else
        {
            Decoder.SetTrainable(true);
            _trained = Pairs(master.Parameters, Decoder.Parameters);
        }

        static Dictionary<string, Tensor> Cast(IReadOnlyDictionary<string, Tensor> parameters) =>
            parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.detach().to_type(ScalarType.BFloat16));
    }

    /// <summary>The copy.</summary>
    public CausalDecoder Decoder { get; }

    /// <summary>Adds the copy's gradients to the master's, in float32, and clears them: so the sum over micro-batches loses nothing.</summary>
    public void CollectGradients()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (master, copy) in _trained)
        {
            if (copy.grad is not { } gradient)
            {
                continue;
            }

            if (master.grad is { } sum)
            {
                sum.add_(gradient, Scalars.One);
            }
            else
            {
                master.grad = gradient.to_type(ScalarType.Float32);
            }

            gradient.zero_();
        }
    }

    /// <summary>Takes the master's weights over.</summary>
    public void Refresh()
    {
        using var noGrad = no_grad();
        foreach (var (master, copy) in _trained)
        {
            copy.copy_(master);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _adapter?.Dispose();
        Decoder.Dispose();
    }

    private static List<(Tensor Master, Tensor Copy)> Pairs(IReadOnlyDictionary<string, Tensor> masters, IReadOnlyDictionary<string, Tensor> copies) =>
        [.. masters.Select(master => (master.Value, copies[master.Key]))];
}
