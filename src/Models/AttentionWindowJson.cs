using System.Text.Json;
using Reflux.Models.Json;

namespace Reflux.Models;

/// <summary>The fields of <c>config.json</c> that say which layers see how far back: <c>sliding_window</c>, <c>use_sliding_window</c>, <c>max_window_layers</c>, <c>layer_types</c>.</summary>
internal static class AttentionWindowJson
{
    private const string Full = "full_attention";
    private const string Sliding = "sliding_attention";

    /// <summary>The window and the first layer that has it; (null, 0) where no layer has one that is shorter than the context.</summary>
    public static (int? Window, int First) Read(JsonFields fields, FamilyForm form, int layers, int maxPositions)
    {
        (int? window, int first) = form switch
        {
            { Family: ModelFamily.Mistral } => (ReadWindow(fields), 0),
            { HasOptionalWindow: true } => (fields.Flag("use_sliding_window", false) ? ReadWindow(fields) : null, fields.Integer("max_window_layers", FamilyForm.MaxWindowLayers, 0, int.MaxValue)),
            _ => (RefuseWindow(fields), 0),
        };
        if (fields.Has("layer_types"))
        {
            first = ReadLayerTypes(fields, form, layers, window);
        }

        return window is null || window >= maxPositions || first >= layers ? (null, 0) : (window, first);
    }

    public static void Write(Utf8JsonWriter writer, ModelConfig config)
    {
        FamilyForm form = FamilyForm.Of(config.Family);
        if (form.HasOptionalWindow)
        {
            writer.WriteNumber("max_window_layers", config.SlidingWindow is null ? config.Layers : config.FirstWindowedLayer);
            writer.WriteBoolean("use_sliding_window", config.SlidingWindow is not null);
        }

        if (config.SlidingWindow is { } window)
        {
            writer.WriteNumber("sliding_window", window);
        }
        else if (form.Family is not ModelFamily.Llama)
        {
            // absent would mean the family's default
            writer.WriteNull("sliding_window");
        }
    }

    private static int? ReadWindow(JsonFields fields) =>
        !fields.Mentions("sliding_window") ? FamilyForm.SlidingWindow
        : fields.Has("sliding_window") ? fields.Integer("sliding_window", 1, int.MaxValue)
        : null;

    private static int? RefuseWindow(JsonFields fields)
    {
        fields.OnlyNull("sliding_window");
        fields.OnlyFlag("use_sliding_window", false);
        return null;
    }

    /// <summary>The first layer with a window, or the number of layers.</summary>
    private static int ReadLayerTypes(JsonFields fields, FamilyForm form, int layers, int? window)
    {
        string[] types = [.. fields.Array("layer_types").Select(type => type.ValueKind == JsonValueKind.String ? fields.TextOf(type) : "?")];
        if (types.FirstOrDefault(type => type is not (Full or Sliding)) is { } other)
        {
            throw fields.Unsupported($"'layer_types' with \"{other}\"");
        }

        if (types.Length != layers)
        {
            throw fields.Invalid($"'layer_types' names {types.Length} layers, but num_hidden_layers is {layers}");
        }

        int first = Array.IndexOf(types, Sliding) is >= 0 and int index ? index : layers;
        if (types.Skip(first).Contains(Full))
        {
            throw fields.Unsupported("'layer_types' with a full layer behind a sliding one");
        }

        if (first < layers && window is null)
        {
            throw fields.Invalid("'layer_types' names sliding layers, but no sliding_window is in use");
        }

        return form.HasOptionalWindow || window is null || first == 0
            ? first
            : throw fields.Unsupported($"'layer_types' with full layers in a {form.Family} model that has a sliding_window");
    }
}
