using System.Text.Json;
using Reflux.Models.Json;

namespace Reflux.Models;

/// <summary>The rotary fields of <c>config.json</c> in both spellings: <c>rope_theta</c> with <c>rope_scaling</c>, or <c>rope_parameters</c>.</summary>
internal static class RopeJson
{
    private const double DefaultTheta = 10_000;
    private const string Llama3 = "llama3";

    private static readonly HashSet<string> PlainFields = ["rope_type", "type", "rope_theta", "partial_rotary_factor"];

    private static readonly HashSet<string> Llama3Fields =
        [.. PlainFields, "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"];

    public static (double Theta, Llama3RopeScaling? Scaling) Read(JsonFields fields)
    {
        double theta = fields.Positive("rope_theta", DefaultTheta);
        JsonFields? scaling = fields.Has("rope_scaling") ? fields.Object("rope_scaling") : null;
        if (!fields.Has("rope_parameters"))
        {
            return (theta, scaling is null ? null : ReadScaling(scaling));
        }

        JsonFields parameters = fields.Object("rope_parameters");
        (double Theta, Llama3RopeScaling? Scaling) read = (parameters.Positive("rope_theta", theta), ReadScaling(parameters));
        return (!fields.Has("rope_theta") || read.Theta == theta) && (scaling is null || read.Scaling == ReadScaling(scaling))
            ? read
            : throw fields.Invalid("'rope_parameters' contradicts 'rope_theta' or 'rope_scaling'");
    }

    public static void Write(Utf8JsonWriter writer, ModelConfig config)
    {
        if (config.RopeScaling is { } scaling)
        {
            writer.WriteStartObject("rope_scaling");
            writer.WriteNumber("factor", scaling.Factor);
            writer.WriteNumber("high_freq_factor", scaling.HighFrequencyFactor);
            writer.WriteNumber("low_freq_factor", scaling.LowFrequencyFactor);
            writer.WriteNumber("original_max_position_embeddings", scaling.OriginalMaxPositions);
            writer.WriteString("rope_type", Llama3);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("rope_scaling");
        }

        writer.WriteNumber("rope_theta", config.RopeTheta);
    }

    private static Llama3RopeScaling? ReadScaling(JsonFields rope)
    {
        string type = rope.Has("rope_type") ? rope.Text("rope_type") : rope.Has("type") ? rope.Text("type") : "default";
        if (type is not ("default" or Llama3))
        {
            throw rope.Unsupported($"the rope type '{type}'");
        }

        if (rope.Positive("partial_rotary_factor", 1) != 1)
        {
            throw rope.Unsupported("'partial_rotary_factor' other than 1");
        }

        rope.OnlyThese(type == Llama3 ? Llama3Fields : PlainFields);
        return type == Llama3
            ? new Llama3RopeScaling(
                rope.Positive("factor"), rope.Positive("low_freq_factor"), rope.Positive("high_freq_factor"), rope.Integer("original_max_position_embeddings", 1, int.MaxValue))
            : null;
    }
}
