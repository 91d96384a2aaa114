using Reflux.Models.Decoders;

namespace Reflux.Models.Tests.Decoders;

/// <summary>The decoder once more, in float64 loops over the published formulas: what the real one is compared with.</summary>
internal sealed class FormulaDecoder(ModelConfig config, IReadOnlyDictionary<string, double[]> parameters)
{
    public static FormulaDecoder Of(CausalDecoder decoder) =>
        new(decoder.Config, decoder.Parameters.ToDictionary(parameter => parameter.Key, parameter => TestModels.Values(parameter.Value)));

    public IReadOnlyDictionary<string, double[]> Parameters => parameters;

    public double[][] Logits(int[] ids)
    {
        double[] embedding = parameters["model.embed_tokens.weight"];
        double[][] hidden = [.. ids.Select(id => embedding[(id * config.HiddenSize)..((id + 1) * config.HiddenSize)])];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            double[][] attended = Attention(prefix + "self_attn.", [.. hidden.Select(row => Norm(row, parameters[prefix + "input_layernorm.weight"]))]);
            hidden = [.. hidden.Zip(attended, Add)];
            hidden = [.. hidden.Select(row => Add(row, FeedForward(prefix + "mlp.", Norm(row, parameters[prefix + "post_attention_layernorm.weight"]))))];
        }

        double[] head = config.TieWordEmbeddings ? embedding : parameters["lm_head.weight"];
        return [.. hidden.Select(row => Multiply(head, Norm(row, parameters["model.norm.weight"])))];
    }

    /// <summary>The mean cross-entropy of each next token.</summary>
    public double Loss(int[] ids)
    {
        double[][] logits = Logits(ids);
        double sum = 0;
        for (int t = 1; t < ids.Length; t++)
        {
            double largest = logits[t - 1].Max();
            sum += Math.Log(logits[t - 1].Sum(value => Math.Exp(value - largest))) + largest - logits[t - 1][ids[t]];
        }

        return sum / (ids.Length - 1);
    }

    private double[][] Attention(string prefix, double[][] rows)
    {
        double[][] queries = [.. rows.Select((row, t) => Rotate(Multiply(parameters[prefix + "q_proj.weight"], row), t))];
        double[][] keys = [.. rows.Select((row, t) => Rotate(Multiply(parameters[prefix + "k_proj.weight"], row), t))];
        double[][] values = [.. rows.Select(row => Multiply(parameters[prefix + "v_proj.weight"], row))];
        int width = config.HeadDim;
        double[][] result = new double[rows.Length][];
        for (int t = 0; t < rows.Length; t++)
        {
            double[] mixed = new double[config.Heads * width];
            for (int head = 0; head < config.Heads; head++)
            {
                int shared = head / (config.Heads / config.KeyValueHeads);
                double[] weights = new double[t + 1];
                for (int s = 0; s <= t; s++)
                {
                    for (int i = 0; i < width; i++)
                    {
                        weights[s] += queries[t][(head * width) + i] * keys[s][(shared * width) + i] / Math.Sqrt(width);
                    }
                }

                double total = weights.Sum(Math.Exp);
                for (int s = 0; s <= t; s++)
                {
                    for (int i = 0; i < width; i++)
                    {
                        mixed[(head * width) + i] += Math.Exp(weights[s]) / total * values[s][(shared * width) + i];
                    }
                }
            }

            result[t] = Multiply(parameters[prefix + "o_proj.weight"], mixed);
        }

        return result;
    }

    private double[] Rotate(double[] heads, int position)
    {
        int width = config.HeadDim;
        double[] turned = new double[heads.Length];
        for (int start = 0; start < heads.Length; start += width)
        {
            for (int i = 0; i < width / 2; i++)
            {
                double angle = position / Math.Pow(config.RopeTheta, 2.0 * i / width);
                (double first, double second) = (heads[start + i], heads[start + i + (width / 2)]);
                turned[start + i] = (first * Math.Cos(angle)) - (second * Math.Sin(angle));
                turned[start + i + (width / 2)] = (second * Math.Cos(angle)) + (first * Math.Sin(angle));
            }
        }

        return turned;
    }

    private double[] FeedForward(string prefix, double[] row)
    {
        double[] gate = Multiply(parameters[prefix + "gate_proj.weight"], row);
        double[] up = Multiply(parameters[prefix + "up_proj.weight"], row);
        return Multiply(parameters[prefix + "down_proj.weight"], [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]);
    }

    private double[] Norm(double[] row, double[] weight)
    {
        double scale = 1 / Math.Sqrt((row.Sum(value => value * value) / row.Length) + config.RmsNormEpsilon);
        return [.. row.Zip(weight, (value, w) => value * scale * w)];
    }

    private static double[] Multiply(double[] matrix, double[] vector)
    {
        double[] result = new double[matrix.Length / vector.Length];
        for (int row = 0; row < result.Length; row++)
        {
            for (int i = 0; i < vector.Length; i++)
            {
                result[row] += matrix[(row * vector.Length) + i] * vector[i];
            }
        }

        return result;
    }

    private static double[] Add(double[] left, double[] right) => [.. left.Zip(right, (a, b) => a + b)];
}
