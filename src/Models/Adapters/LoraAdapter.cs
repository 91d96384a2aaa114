using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Adapters;

/// <summary>
/// A LoRA adapter: for each adapted linear map A [r,in] and B [out,r], which add s·B·A to its weight. Attached to a decoder it works beside the base's
/// weights, which stay as they are; merged, it is part of a copy of them. To take it out again, begin from the base.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    internal const string DownSuffix = ".lora_A.weight";
    internal const string UpSuffix = ".lora_B.weight";

    private readonly SortedDictionary<string, Tensor> _parameters;

    private LoraAdapter(LoraConfig config, IReadOnlyList<string> modules, SortedDictionary<string, Tensor> parameters) =>
        (Config, Modules, _parameters) = (config, modules, parameters);

    /// <summary>The shape.</summary>
    public LoraConfig Config { get; }

    /// <summary>The adapted linear maps, in ordinal order of their names.</summary>
    public IReadOnlyList<string> Modules { get; }

    /// <summary>A and B of each adapted map, named <c>{module}.lora_A.weight</c> and <c>{module}.lora_B.weight</c>, in ordinal order.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _parameters;

    /// <summary>
    /// An adapter that changes nothing yet: A uniform in ±1/√in (Kaiming's with a = √5, as PEFT does), B zero. The same seed gives the same A.
    /// </summary>
    /// <param name="config">What is adapted, and how.</param>
    /// <param name="decoder">The base; only its shape, element type and device count.</param>
    /// <param name="seed">Of A.</param>
    /// <exception cref="RefluxException">The config does not fit the model (option-out-of-range).</exception>
    public static LoraAdapter CreateFresh(LoraConfig config, CausalDecoder decoder, ulong seed)
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(seed, CPU);
        Dictionary<string, Tensor> parameters = [];
        foreach ((string name, long[] shape) in ShapesOf(config, decoder))
        {
            double bound = 1 / Math.Sqrt(shape[1]);
            Tensor value = name.EndsWith(UpSuffix, StringComparison.Ordinal) ? zeros(shape) : empty(shape).uniform_(-bound, bound, generator);
            parameters.Add(name, value.to(decoder.HeadWeight.dtype, decoder.Device));
        }

        return FromParameters(config, decoder, parameters);
    }

    /// <summary>An adapter of given tensors, which it owns from then on (they leave their dispose scope).</summary>
    /// <exception cref="RefluxException">The config does not fit the model (option-out-of-range).</exception>
    /// <exception cref="ArgumentException">A tensor is missing, surplus, or has another shape than config and model say.</exception>
    public static LoraAdapter FromParameters(LoraConfig config, CausalDecoder decoder, IReadOnlyDictionary<string, Tensor> parameters)
    {
        SortedDictionary<string, long[]> shapes = ShapesOf(config, decoder);
        if (FindFault(shapes, parameters) is { } fault)
        {
            throw new ArgumentException(fault, nameof(parameters));
        }

        SortedDictionary<string, Tensor> owned = new(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in parameters)
        {
            owned.Add(name, value.DetachFromDisposeScope());
        }

        return new LoraAdapter(config, config.Targets(decoder.LinearMaps.Keys), owned);
    }

    /// <summary>Switches gradients for A and B; a new adapter has them off.</summary>
    public void SetTrainable(bool trainable)
    {
        foreach (Tensor parameter in _parameters.Values)
        {
            parameter.requires_grad_(trainable);
        }
    }

    /// <summary>A base's parameters with this adapter's part added where it has one, in new tensors of the caller's dispose scope; the others are the base's own tensors.</summary>
    /// <param name="parameters">The base's, by Hugging Face name.</param>
    public IReadOnlyDictionary<string, Tensor> Merge(IReadOnlyDictionary<string, Tensor> parameters)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        SortedDictionary<string, Tensor> merged = new(parameters.ToDictionary(), StringComparer.Ordinal);
        foreach (string module in Modules)
        {
            string name = $"{module}.{ParameterLayout.Weight}";
            merged[name] = parameters[name].Plus(UpdateOf(module).Product()).MoveToOuterDisposeScope();
        }

        return merged;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor parameter in _parameters.Values)
        {
            parameter.Dispose();
        }
    }

    /// <summary>Names and shapes of A and B for every adapted map.</summary>
    internal static SortedDictionary<string, long[]> ShapesOf(LoraConfig config, CausalDecoder decoder)
    {
        SortedDictionary<string, long[]> shapes = new(StringComparer.Ordinal);
        foreach (string module in config.Targets(decoder.LinearMaps.Keys))
        {
            long[] weight = decoder.LinearMaps[module].Weight.shape;
            shapes.Add(module + DownSuffix, [config.Rank, weight[1]]);
            shapes.Add(module + UpSuffix, [weight[0], config.Rank]);
        }

        return shapes;
    }

    /// <summary>What keeps tensors from being an adapter of these shapes, or null.</summary>
    internal static string? FindFault(SortedDictionary<string, long[]> shapes, IReadOnlyDictionary<string, Tensor> parameters)
    {
        foreach ((string name, long[] shape) in shapes)
        {
            if (!parameters.TryGetValue(name, out Tensor? value))
            {
                return $"tensor '{name}' is missing";
            }

            if (!value.shape.AsSpan().SequenceEqual(shape) || !value.is_floating_point())
            {
                return $"tensor '{name}' is {value.dtype} [{string.Join(", ", value.shape)}], but this base and rank make it [{string.Join(", ", shape)}]";
            }
        }

        return parameters.Keys.FirstOrDefault(name => !shapes.ContainsKey(name)) is { } surplus ? $"tensor '{surplus}' belongs to no adapted map" : null;
    }

    internal LowRankUpdate UpdateOf(string module) => new(_parameters[module + DownSuffix], _parameters[module + UpSuffix], Config.Scale);
}
