using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Gguf;

/// <summary>A decoder's parameters under the names and in the order of rows that llama.cpp expects.</summary>
internal static class GgufTensors
{
    private static readonly Dictionary<string, string> Parts = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm",
        ["self_attn.q_proj"] = "attn_q",
        ["self_attn.k_proj"] = "attn_k",
        ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output",
        ["self_attn.q_norm"] = "attn_q_norm",
        ["self_attn.k_norm"] = "attn_k_norm",
        ["post_attention_layernorm"] = "ffn_norm",
        ["mlp.gate_proj"] = "ffn_gate",
        ["mlp.up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
    };

    /// <summary>All tensors of the file. Vectors stay float32; a matrix whose rows q8_0 can't hold is float16.</summary>
    public static IReadOnlyList<GgufTensor> Of(CausalDecoder decoder, GgufType type)
    {
        ModelConfig config = decoder.Config;
        List<GgufTensor> tensors = [];
        foreach ((string name, Tensor value) in decoder.Parameters)
        {
            string renamed = NameOf(name);
            tensors.Add(new GgufTensor(renamed, value.shape, TypeOf(value.shape, type), () => InExpectedOrder(config, renamed, value)));
        }

        if (config.RopeScaling is not null)
        {
            float[] divisors = [.. RotaryFrequencies.Of(config with { RopeScaling = null }).Zip(RotaryFrequencies.Of(config), (plain, scaled) => (float)(plain / scaled))];
            tensors.Add(new GgufTensor("rope_freqs.weight", [divisors.Length], GgufType.F32, () => tensor(divisors)));
        }

        return tensors;
    }

    /// <summary>The name of a parameter in the file.</summary>
    public static string NameOf(string parameter)
    {
        switch (parameter)
        {
            case ParameterLayout.Embedding:
                return "token_embd.weight";
            case ParameterLayout.FinalNorm:
                return "output_norm.weight";
            case ParameterLayout.Head:
                return "output.weight";
            default:
                // model.layers.<layer>.<part>.<kind>
                string[] words = parameter.Split('.');
                return $"blk.{words[2]}.{Parts[string.Join('.', words[3..^1])]}.{words[^1]}";
        }
    }

    private static GgufType TypeOf(long[] shape, GgufType type) =>
        shape.Length == 1 ? GgufType.F32
        : type == GgufType.Q8 && shape[^1] % Q8Blocks.Length != 0 ? GgufType.F16
        : type;

    /// <summary>
    /// llama.cpp rotates neighbouring pairs in its llama architecture: the rows of each head's query and key, whose halves pair with each other
    /// here, are interleaved. Its qwen architectures rotate halves as we do.
    /// </summary>
    private static Tensor InExpectedOrder(ModelConfig config, string name, Tensor value)
    {
        int heads = name.Contains(".attn_q.", StringComparison.Ordinal) ? config.Heads : name.Contains(".attn_k.", StringComparison.Ordinal) ? config.KeyValueHeads : 0;
        return heads == 0 || config.Family is not (ModelFamily.Llama or ModelFamily.Mistral)
            ? value
            : value.view(heads, 2, config.HeadDim / 2, -1).transpose(1, 2).reshape(value.shape);
    }
}
