using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// One layer: h += o(attention(norm h)); h += down(silu(gate(norm h)) ⊙ up(norm h)). Works on [N,H] rows, whatever sequences they
/// belong to: only attention knows. The residual is added inside the matrix product.
/// </summary>
internal sealed class DecoderLayer(ModelConfig config, int index, IReadOnlyDictionary<string, Tensor> parameters)
{
    private readonly Tensor _attentionNorm = parameters[ParameterLayout.Layer(index, "input_layernorm")];
    private readonly Projection _query = Projection.Of(parameters, index, "self_attn.q_proj");
    private readonly Projection _key = Projection.Of(parameters, index, "self_attn.k_proj");
    private readonly Projection _value = Projection.Of(parameters, index, "self_attn.v_proj");
    private readonly Projection _output = Projection.Of(parameters, index, "self_attn.o_proj");
    private readonly Tensor? _queryNorm = config.QueryKeyNorm ? parameters[ParameterLayout.Layer(index, "self_attn.q_norm")] : null;
    private readonly Tensor? _keyNorm = config.QueryKeyNorm ? parameters[ParameterLayout.Layer(index, "self_attn.k_norm")] : null;
    private readonly Tensor _feedForwardNorm = parameters[ParameterLayout.Layer(index, "post_attention_layernorm")];
    private readonly Projection _gate = Projection.Of(parameters, index, "mlp.gate_proj");
    private readonly Projection _up = Projection.Of(parameters, index, "mlp.up_proj");
    private readonly Projection _down = Projection.Of(parameters, index, "mlp.down_proj");

    /// <summary>The linear maps by the names of their modules.</summary>
    public IReadOnlyDictionary<string, Projection> LinearMaps => new Dictionary<string, Projection>
    {
        [ParameterLayout.Module(index, "self_attn.q_proj")] = _query,
        [ParameterLayout.Module(index, "self_attn.k_proj")] = _key,
        [ParameterLayout.Module(index, "self_attn.v_proj")] = _value,
        [ParameterLayout.Module(index, "self_attn.o_proj")] = _output,
        [ParameterLayout.Module(index, "mlp.gate_proj")] = _gate,
        [ParameterLayout.Module(index, "mlp.up_proj")] = _up,
        [ParameterLayout.Module(index, "mlp.down_proj")] = _down,
    };

    /// <param name="hidden">[N,H]</param>
    /// <param name="angles">Of the N positions.</param>
    /// <param name="pattern">Who attends to whom.</param>
    public Tensor Forward(Tensor hidden, RotaryAngles angles, AttentionPattern pattern)
    {
        using var scope = NewDisposeScope();
        Tensor attended = _output.AddTo(hidden, Attention(RmsNorm(hidden, _attentionNorm, config.RmsNormEpsilon), angles, pattern));
        Tensor normed = RmsNorm(attended, _feedForwardNorm, config.RmsNormEpsilon);
        Tensor inner = nn.functional.silu(_gate.Apply(normed)) * _up.Apply(normed);
        return _down.AddTo(attended, inner).MoveToOuterDisposeScope();
    }

    /// <summary>x / √(mean x² + ε) ⊙ w over the last dimension. Source: Zhang and Sennrich 2019.</summary>
    public static Tensor RmsNorm(Tensor rows, Tensor weight, double epsilon)
    {
        // 8 bits of mantissa are too few for a mean of squares
        Tensor precise = rows.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? rows.to_type(ScalarType.Float32) : rows;
        return (precise * precise.pow(Scalars.Two).mean([-1], keepdim: true).Plus(epsilon).rsqrt()).to_type(rows.dtype) * weight;
    }

    /// <summary>RMSNorm of each head of [N,heads,d], in families that have it.</summary>
    private Tensor NormHeads(Tensor heads, Tensor? weight) => weight is null ? heads : RmsNorm(heads, weight, config.RmsNormEpsilon);

    private Tensor Attention(Tensor normed, RotaryAngles angles, AttentionPattern pattern)
    {
        long rows = normed.size(0);
        Tensor queries = angles.Rotate(NormHeads(_query.Apply(normed).view(rows, config.Heads, config.HeadDim), _queryNorm));
        Tensor keys = angles.Rotate(NormHeads(_key.Apply(normed).view(rows, config.KeyValueHeads, config.HeadDim), _keyNorm));
        Tensor values = _value.Apply(normed).view(rows, config.KeyValueHeads, config.HeadDim);
        return pattern.Attend(index, queries, keys, values);
    }
}
