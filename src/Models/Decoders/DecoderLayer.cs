using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// One layer: h += o(attention(norm h)); h += down(silu(gate(norm h)) ⊙ up(norm h)). Works on [N,H] rows, N = batch × length; the residual is
/// added inside the matrix product. Grouped queries meet their shared key head as extra rows, so keys and values are never repeated.
/// </summary>
internal sealed class DecoderLayer(ModelConfig config, int index, IReadOnlyDictionary<string, Tensor> parameters)
{
    private readonly int _groups = config.Heads / config.KeyValueHeads;
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

    /// <param name="hidden">[N,H]</param>
    /// <param name="angles">Of the N positions.</param>
    /// <param name="bias">[B,1,1,T,S]: 0 where a query attends, very negative where not.</param>
    /// <param name="cache">Where earlier keys and values are; null means that the batch is all there is.</param>
    public Tensor Forward(Tensor hidden, RotaryAngles angles, Tensor bias, KeyValueCache? cache)
    {
        using var scope = NewDisposeScope();
        Tensor attended = _output.AddTo(hidden, Attention(RmsNorm(hidden, _attentionNorm, config.RmsNormEpsilon), angles, bias, cache));
        Tensor normed = RmsNorm(attended, _feedForwardNorm, config.RmsNormEpsilon);
        Tensor inner = nn.functional.silu(_gate.Apply(normed)) * _up.Apply(normed);
        return _down.AddTo(attended, inner).MoveToOuterDisposeScope();
    }

    /// <summary>x / √(mean x² + ε) ⊙ w over the last dimension. Source: Zhang and Sennrich 2019.</summary>
    public static Tensor RmsNorm(Tensor rows, Tensor weight, double epsilon) =>
        rows * rows.square().mean([-1], keepdim: true).add_(epsilon).rsqrt() * weight;

    /// <summary>RMSNorm of each head of [N,heads,d], in families that have it.</summary>
    private Tensor NormHeads(Tensor heads, Tensor? weight) => weight is null ? heads : RmsNorm(heads, weight, config.RmsNormEpsilon);

    private Tensor Attention(Tensor normed, RotaryAngles angles, Tensor bias, KeyValueCache? cache)
    {
        long batch = bias.size(0);
        long rows = normed.size(0);
        long length = rows / batch;
        int width = config.HeadDim;
        int kvHeads = config.KeyValueHeads;

        Tensor queries = angles.Rotate(NormHeads(_query.Apply(normed).view(rows, config.Heads, width), _queryNorm))
            .view(batch, length, kvHeads, _groups, width).permute(0, 2, 3, 1, 4).reshape(batch * kvHeads, _groups * length, width);
        Tensor keys = angles.Rotate(NormHeads(_key.Apply(normed).view(rows, kvHeads, width), _keyNorm)).view(batch, length, kvHeads, width).transpose(1, 2);
        Tensor values = _value.Apply(normed).view(batch, length, kvHeads, width).transpose(1, 2);
        if (cache is null)
        {
            keys = keys.reshape(batch * kvHeads, length, width);
            values = values.reshape(batch * kvHeads, length, width);
        }
        else
        {
            (keys, values) = cache.Append(index, keys, values);
        }

        long span = keys.size(1);
        Tensor weights = (queries.bmm(keys.transpose(1, 2)).view(batch, kvHeads, _groups, length, span) + bias).softmax(-1);
        return weights.view(batch * kvHeads, _groups * length, span).bmm(values)
            .view(batch, kvHeads, _groups, length, width).permute(0, 3, 1, 2, 4).reshape(rows, (long)config.Heads * width);
    }
}
