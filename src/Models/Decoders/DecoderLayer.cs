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
    private readonly Tensor _query = parameters[ParameterLayout.Layer(index, "self_attn.q_proj")];
    private readonly Tensor _key = parameters[ParameterLayout.Layer(index, "self_attn.k_proj")];
    private readonly Tensor _value = parameters[ParameterLayout.Layer(index, "self_attn.v_proj")];
    private readonly Tensor _output = parameters[ParameterLayout.Layer(index, "self_attn.o_proj")];
    private readonly Tensor _feedForwardNorm = parameters[ParameterLayout.Layer(index, "post_attention_layernorm")];
    private readonly Tensor _gate = parameters[ParameterLayout.Layer(index, "mlp.gate_proj")];
    private readonly Tensor _up = parameters[ParameterLayout.Layer(index, "mlp.up_proj")];
    private readonly Tensor _down = parameters[ParameterLayout.Layer(index, "mlp.down_proj")];

    /// <param name="hidden">[N,H]</param>
    /// <param name="angles">Of the N positions.</param>
    /// <param name="bias">[B,1,1,T,S]: 0 where a query attends, very negative where not.</param>
    /// <param name="cache">Where earlier keys and values are; null means that the batch is all there is.</param>
    public Tensor Forward(Tensor hidden, RotaryAngles angles, Tensor bias, KeyValueCache? cache)
    {
        using var scope = NewDisposeScope();
        Tensor attended = hidden.addmm(Attention(RmsNorm(hidden, _attentionNorm, config.RmsNormEpsilon), angles, bias, cache), _output.t());
        Tensor normed = RmsNorm(attended, _feedForwardNorm, config.RmsNormEpsilon);
        Tensor inner = nn.functional.silu(normed.mm(_gate.t())) * normed.mm(_up.t());
        return attended.addmm(inner, _down.t()).MoveToOuterDisposeScope();
    }

    /// <summary>x / √(mean x² + ε) ⊙ w over the last dimension. Source: Zhang and Sennrich 2019.</summary>
    public static Tensor RmsNorm(Tensor rows, Tensor weight, double epsilon) =>
        rows * rows.square().mean([-1], keepdim: true).add_(epsilon).rsqrt() * weight;

    private Tensor Attention(Tensor normed, RotaryAngles angles, Tensor bias, KeyValueCache? cache)
    {
        long batch = bias.size(0);
        long rows = normed.size(0);
        long length = rows / batch;
        int width = config.HeadDim;
        int kvHeads = config.KeyValueHeads;

        Tensor queries = angles.Rotate(normed.mm(_query.t()).view(rows, config.Heads, width))
            .view(batch, length, kvHeads, _groups, width).permute(0, 2, 3, 1, 4).reshape(batch * kvHeads, _groups * length, width);
        Tensor keys = angles.Rotate(normed.mm(_key.t()).view(rows, kvHeads, width)).view(batch, length, kvHeads, width).transpose(1, 2);
        Tensor values = normed.mm(_value.t()).view(batch, length, kvHeads, width).transpose(1, 2);
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
