using Reflux.Models.Adapters;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// A decoder of the Llama line: RMSNorm, rotate-half rotary positions, grouped-query attention, SwiGLU, tied or untied head; biases, head norms,
/// scaled frequencies and a sliding window where <see cref="ModelConfig"/> names them. Sources: Touvron et al. 2023, Jiang et al. 2023 ("Mistral 7B"), the
/// Qwen2 and Qwen3 reports; parameters carry their Hugging Face names. All gradients are deterministic on a CPU with a fixed thread count.
/// </summary>
public sealed class CausalDecoder : IDisposable
{
    // finite, so that a padding row, which attends to nothing, stays a number
    private static readonly Scalar Masked = -1e30f;

    private readonly SortedDictionary<string, Tensor> _parameters;
    private readonly DecoderLayer[] _layers;
    private readonly RotaryTable _rotary;
    private readonly Tensor _embedding;
    private readonly Tensor _norm;
    private readonly Tensor? _padding;

    private CausalDecoder(ModelConfig config, SortedDictionary<string, Tensor> parameters, int tokenCount)
    {
        Config = config;
        TokenCount = tokenCount;
        _parameters = parameters;
        _embedding = parameters[ParameterLayout.Embedding];
        _norm = parameters[ParameterLayout.FinalNorm];
        _layers = [.. Enumerable.Range(0, config.Layers).Select(index => new DecoderLayer(config, index, parameters))];
        LinearMaps = new SortedDictionary<string, Projection>(_layers.SelectMany(layer => layer.LinearMaps).ToDictionary(), StringComparer.Ordinal);
        _rotary = new RotaryTable(
            RotaryFrequencies.Of(config), config.MaxPositions, scale: Math.Pow(config.HeadDim, -0.25), _embedding.dtype, _embedding.device);
        HeadWeight = config.TieWordEmbeddings ? _embedding : parameters[ParameterLayout.Head];
        _padding = tokenCount < config.VocabularySize ? CreatePadding(tokenCount) : null;
    }

    /// <summary>The shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The adapter that works beside the parameters, if any; not this object's.</summary>
    public LoraAdapter? Adapter { get; private set; }

    /// <summary>The linear maps of the layers, by the names of their modules.</summary>
    internal SortedDictionary<string, Projection> LinearMaps { get; }

    /// <summary>The parameters under their Hugging Face names, in ordinal order; a tied head has no entry of its own.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _parameters;

    /// <summary>[V,H]: the head, or the embedding where they are tied.</summary>
    public Tensor HeadWeight { get; }

    /// <summary>How many of the V rows of embedding and head are tokens; the others pad a matrix to a round size, and their logits are −∞.</summary>
    public int TokenCount { get; }

    /// <summary>Where the parameters are.</summary>
    public Device Device => _embedding.device;

    /// <summary>
    /// A decoder with fresh float32 weights: norms 1, biases 0, matrices normal with σ = 1/√(columns), so that small models start with signals of
    /// order 1, those that write into the residual stream divided by √(2·layers) (Radford et al. 2019). The same seed gives the same weights.
    /// </summary>
    /// <exception cref="ArgumentException">The shape is impossible.</exception>
    public static CausalDecoder CreateFresh(ModelConfig config, ulong seed, Device device)
    {
        if (config.FindFault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(config));
        }

        using var scope = NewDisposeScope();
        using Generator generator = new(seed, CPU);
        Dictionary<string, Tensor> parameters = [];
        foreach ((string name, long[] shape) in ParameterLayout.ShapesOf(config))
        {
            bool intoResidual = name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
            double deviation = 1 / Math.Sqrt(shape[^1] * (intoResidual ? 2.0 * config.Layers : 1));
            Tensor value = name.EndsWith(ParameterLayout.Bias, StringComparison.Ordinal) ? zeros(shape)
                : shape.Length == 1 ? ones(shape)
                : empty(shape).normal_(0, deviation, generator);
            parameters.Add(name, value.to(device));
        }

        return FromParameters(config, parameters);
    }

    /// <summary>A decoder on given tensors, which it owns from then on (they leave their dispose scope).</summary>
    /// <param name="config">The shape.</param>
    /// <param name="parameters">All that the shape asks for, of one floating-point type.</param>
    /// <param name="tokenCount">The rows of the head that are tokens; null for all.</param>
    /// <exception cref="ArgumentException">A parameter is missing, surplus, or has another shape, element type or device than it should.</exception>
    public static CausalDecoder FromParameters(ModelConfig config, IReadOnlyDictionary<string, Tensor> parameters, int? tokenCount = null)
    {
        int tokens = tokenCount ?? config.VocabularySize;
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1, nameof(tokenCount));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, config.VocabularySize, nameof(tokenCount));
        SortedDictionary<string, long[]> shapes = ParameterLayout.ShapesOf(config);
        if (parameters.Keys.FirstOrDefault(name => !shapes.ContainsKey(name)) is { } surplus)
        {
            throw new ArgumentException($"The model has no parameter '{surplus}'.", nameof(parameters));
        }

        foreach ((string name, long[] shape) in shapes)
        {
            if (!parameters.TryGetValue(name, out Tensor? value))
            {
                throw new ArgumentException($"The parameter '{name}' is missing.", nameof(parameters));
            }

            Tensor first = parameters[ParameterLayout.Embedding];
            if (!value.shape.AsSpan().SequenceEqual(shape) || value.dtype != first.dtype || !value.is_floating_point() || value.device_type != first.device_type)
            {
                throw new ArgumentException(
                    $"The parameter '{name}' is {value.dtype} [{string.Join(", ", value.shape)}] on {value.device}; expected {first.dtype} [{string.Join(", ", shape)}] on {first.device}.",
                    nameof(parameters));
            }
        }

        SortedDictionary<string, Tensor> owned = new(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in parameters)
        {
            owned.Add(name, value.DetachFromDisposeScope());
        }

        return new CausalDecoder(config, owned, tokens);
    }

    /// <summary>Switches gradients for every parameter; a new decoder has them off.</summary>
    public void SetTrainable(bool trainable)
    {
        foreach (Tensor parameter in _parameters.Values)
        {
            parameter.requires_grad_(trainable);
        }
    }

    /// <summary>Lets an adapter work beside the parameters, in the place of the one before; null for none.</summary>
    /// <param name="adapter">Made for this decoder's shape, of its element type; it stays the caller's.</param>
    /// <exception cref="ArgumentException">It is of another shape or type.</exception>
    public void Attach(LoraAdapter? adapter)
    {
        if (adapter is not null && (LoraAdapter.FindFault(LoraAdapter.ShapesOf(adapter.Config, this), adapter.Parameters) is { } || adapter.Parameters.Values.Any(value => value.dtype != _embedding.dtype)))
        {
            throw new ArgumentException("The adapter was made for a decoder of another shape or element type.", nameof(adapter));
        }

        foreach ((string module, Projection map) in LinearMaps)
        {
            map.Update = adapter?.Modules.Contains(module) is true ? adapter.UpdateOf(module) : null;
        }

        Adapter = adapter;
    }

    /// <summary>Hidden states after the final norm, [B,T,H].</summary>
    /// <param name="ids">int64 [B,T]</param>
    /// <param name="positions">int64 [B,T], below <see cref="ModelConfig.MaxPositions"/>.</param>
    /// <param name="mask">bool [B,1,T,T], true where the query (row) attends to the key (column).</param>
    public Tensor Hidden(Tensor ids, Tensor positions, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return Run(ids.reshape(-1), _rotary.At(positions), Masking(positions, mask)).view(ids.size(0), ids.size(1), -1).MoveToOuterDisposeScope();
    }

    /// <summary>The same hidden states as [B·T,H], of a forward that computes each layer once more on the way back instead of holding what it needs for that.</summary>
    /// <param name="ids">int64 [B,T]</param>
    /// <param name="positions">int64 [B,T]</param>
    /// <param name="mask">bool [B,1,T,T]</param>
    /// <returns>In the caller's dispose scope, as are the tensors that it works with.</returns>
    public RecomputedPass HiddenRecomputed(Tensor ids, Tensor positions, Tensor mask)
    {
        RotaryAngles angles = _rotary.At(positions);
        MaskedAttention pattern = Masking(positions, mask);
        return new RecomputedPass(() => Embed(ids.reshape(-1)), [.. _layers.Select(layer => (Func<Tensor, Tensor>)(hidden => layer.Forward(hidden, angles, pattern))), FinalNorm]);
    }

    /// <summary>Hidden states after the final norm of whole sequences, [N,H]; without gradients.</summary>
    /// <param name="sequences">Of N tokens together.</param>
    /// <param name="cache">Takes their keys and values; null where nothing follows.</param>
    internal Tensor HiddenOf(FlatSequences sequences, KeyValueCache? cache)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        return Run(sequences.Ids(Device), _rotary.At(sequences.Positions(Device), sequences.Runs.Max(run => run.Length) - 1), new SequenceAttention(Config, sequences, cache)).MoveToOuterDisposeScope();
    }

    /// <summary>The same for the next token of each of a cache's first R rows, [R,H]; without gradients.</summary>
    /// <param name="ids">int64 [R]</param>
    /// <param name="positions">int64 [R]</param>
    /// <param name="cache">Has the tokens before, and takes these.</param>
    /// <param name="shortest">The lowest of the positions.</param>
    /// <param name="longest">The highest of the positions.</param>
    internal Tensor HiddenOfNext(Tensor ids, Tensor positions, KeyValueCache cache, int shortest, int longest)
    {
        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        return Run(ids, _rotary.At(positions, longest), new NextTokenAttention(Config, cache, positions, shortest, longest)).MoveToOuterDisposeScope();
    }

    /// <summary>The head: [...,H] to logits [...,V], −∞ where a row is no token.</summary>
    public Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, HeadWeight, _padding);

    /// <inheritdoc />
    public void Dispose()
    {
        _rotary.Dispose();
        _padding?.Dispose();
        foreach (Tensor parameter in _parameters.Values)
        {
            parameter.Dispose();
        }
    }

    /// <summary>[N] ids to [N,H].</summary>
    private Tensor Run(Tensor ids, RotaryAngles angles, AttentionPattern pattern)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = Embed(ids);
        foreach (DecoderLayer layer in _layers)
        {
            hidden = layer.Forward(hidden, angles, pattern);
        }

        return FinalNorm(hidden).MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor ids) => _embedding.index_select(0, ids);

    private Tensor FinalNorm(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return DecoderLayer.RmsNorm(hidden, _norm, Config.RmsNormEpsilon).MoveToOuterDisposeScope();
    }

    private MaskedAttention Masking(Tensor positions, Tensor mask)
    {
        Tensor bias = Bias(mask);
        if (Config.SlidingWindow is not { } window || window >= mask.size(-1))
        {
            return new MaskedAttention(Config, bias, bias);
        }

        using Scalar reach = window;
        return new MaskedAttention(Config, bias, Bias(mask.logical_and((positions.unsqueeze(2) - positions.unsqueeze(1)).lt(reach).unsqueeze(1))));
    }

    /// <summary>[B,1,T,S] to what is added to the scores, [B,1,1,T,S].</summary>
    private Tensor Bias(Tensor mask) => zeros_like(mask, _embedding.dtype).masked_fill_(mask.logical_not(), Masked).unsqueeze(1);

    private Tensor CreatePadding(int tokens)
    {
        using var scope = NewDisposeScope();
        Tensor padding = zeros(Config.VocabularySize, _embedding.dtype, Device);
        padding.narrow(0, tokens, Config.VocabularySize - tokens).fill_(Scalars.NegativeInfinity);
        return padding.DetachFromDisposeScope();
    }
}
