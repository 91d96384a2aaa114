using System.Text.Json;
using Reflux.Models.Json;
using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>Reads and writes <c>config.json</c>; every field is either understood, known not to matter, or refused by name.</summary>
internal static class ModelConfigJson
{
    private const int Limit = 1 << 24;

    private static readonly HashSet<string> Known =
    [
        // understood
        "architectures", "model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "head_dim", "vocab_size", "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_scaling", "rope_parameters",
        "tie_word_embeddings", "bos_token_id", "eos_token_id", "pad_token_id", "torch_dtype", "dtype", "hidden_act", "attention_bias", "mlp_bias",
        "attention_dropout", "pretraining_tp", "sliding_window", "use_sliding_window", "max_window_layers", "layer_types", "rope_interleaved", "use_mrope",

        // without influence on the numbers here
        "_attn_implementation_autoset", "_name_or_path", "initializer_range", "is_llama_config", "transformers.js_config", "transformers_version",
        "unsloth_fixed", "unsloth_version", "use_cache",
    ];

    public static ModelConfig Read(string file)
    {
        JsonFields fields = JsonFields.Read(file);
        FamilyForm form = ReadForm(fields);
        fields.OnlyThese(Known);
        fields.OnlyText("hidden_act", "silu");
        fields.OnlyFlag("mlp_bias", false);
        fields.OnlyFlag("rope_interleaved", false);
        fields.OnlyFlag("use_mrope", false);
        if (!form.HasAttentionBias)
        {
            fields.OnlyFlag("attention_bias", false);
        }

        if (fields.Has("attention_dropout") && fields.Required("attention_dropout") is var dropout
            && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
        {
            throw fields.Unsupported("'attention_dropout' other than 0");
        }

        if (fields.Integer("pretraining_tp", 1, 0, Limit) > 1)
        {
            throw fields.Unsupported("'pretraining_tp' above 1");
        }

        int hidden = fields.Integer("hidden_size", 1, Limit);
        int heads = fields.Integer("num_attention_heads", 1, Limit);
        if (!fields.Has("head_dim") && form.HeadDim is null && hidden % heads != 0)
        {
            throw fields.Invalid($"hidden_size {hidden} is no multiple of num_attention_heads {heads}");
        }

        int layers = fields.Integer("num_hidden_layers", 1, 10_000);
        int maxPositions = fields.Integer("max_position_embeddings", form.MaxPositions, 1, Limit);
        bool attentionBias = fields.Flag("attention_bias", false);
        (double theta, Llama3RopeScaling? scaling) = RopeJson.Read(fields);
        (int? window, int firstWindowed) = AttentionWindowJson.Read(fields, form, layers, maxPositions);
        ModelConfig config = new()
        {
            Family = form.Family,
            HiddenSize = hidden,
            IntermediateSize = fields.Integer("intermediate_size", 1, Limit),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = fields.Integer("num_key_value_heads", fields.Mentions("num_key_value_heads") ? heads : form.KeyValueHeads ?? heads, 1, Limit),
            HeadDim = fields.Integer("head_dim", form.HeadDim ?? hidden / heads, 1, Limit),
            VocabularySize = fields.Integer("vocab_size", 1, Limit),
            MaxPositions = maxPositions,
            RmsNormEpsilon = fields.Positive("rms_norm_eps", 1e-6),
            RopeTheta = theta,
            RopeScaling = scaling,
            QueryKeyValueBias = attentionBias || form.Family is ModelFamily.Qwen2,
            OutputBias = attentionBias,
            QueryKeyNorm = form.Family is ModelFamily.Qwen3,
            SlidingWindow = window,
            FirstWindowedLayer = firstWindowed,
            TieWordEmbeddings = fields.Flag("tie_word_embeddings", false),
            BosTokenId = fields.Has("bos_token_id") ? fields.Integer("bos_token_id", 0, Limit) : null,
            EosTokenIds = ReadTokenIds(fields, "eos_token_id"),
            PadTokenId = ReadPadToken(fields),
            Dtype = ReadDtype(fields),
        };
        return config.FindFault() is { } fault ? throw fields.Invalid(fault) : config;
    }

    /// <summary>A token id field that is absent, one number or a list.</summary>
    public static IReadOnlyList<int> ReadTokenIds(JsonFields fields, string name)
    {
        if (!fields.Has(name))
        {
            return [];
        }

        if (fields.Required(name).ValueKind != JsonValueKind.Array)
        {
            return [fields.Integer(name, 0, Limit)];
        }

        List<int> ids = [];
        foreach (JsonElement element in fields.Array(name))
        {
            ids.Add(element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id) && id is >= 0 and <= Limit
                ? id
                : throw fields.Invalid($"'{name}' holds something that is no token id"));
        }

        return ids;
    }

    public static string Write(ModelConfig config) => JsonText.Write(writer =>
    {
        FamilyForm form = FamilyForm.Of(config.Family);
        writer.WriteStartArray("architectures");
        writer.WriteStringValue(form.Architecture);
        writer.WriteEndArray();
        if (form.HasAttentionBias)
        {
            writer.WriteBoolean("attention_bias", config.OutputBias);
        }

        writer.WriteNumber("attention_dropout", 0.0);
        WriteTokenIds(writer, config);
        writer.WriteNumber("head_dim", config.HeadDim);
        writer.WriteString("hidden_act", "silu");
        writer.WriteNumber("hidden_size", config.HiddenSize);
        writer.WriteNumber("initializer_range", 0.02);
        writer.WriteNumber("intermediate_size", config.IntermediateSize);
        writer.WriteNumber("max_position_embeddings", config.MaxPositions);
        if (form.Family is ModelFamily.Llama)
        {
            writer.WriteBoolean("mlp_bias", false);
        }

        writer.WriteString("model_type", form.ModelType);
        writer.WriteNumber("num_attention_heads", config.Heads);
        writer.WriteNumber("num_hidden_layers", config.Layers);
        writer.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        if (config.PadTokenId is { } pad)
        {
            writer.WriteNumber("pad_token_id", pad);
        }

        writer.WriteNumber("rms_norm_eps", config.RmsNormEpsilon);
        RopeJson.Write(writer, config);
        AttentionWindowJson.Write(writer, config);
        writer.WriteBoolean("tie_word_embeddings", config.TieWordEmbeddings);
        writer.WriteString("torch_dtype", NameOf(config.Dtype));
        writer.WriteBoolean("use_cache", true);
        writer.WriteNumber("vocab_size", config.VocabularySize);
    });

    public static void WriteTokenIds(Utf8JsonWriter writer, ModelConfig config)
    {
        if (config.BosTokenId is { } bos)
        {
            writer.WriteNumber("bos_token_id", bos);
        }
        else
        {
            writer.WriteNull("bos_token_id");
        }

        switch (config.EosTokenIds)
        {
            case []:
                writer.WriteNull("eos_token_id");
                break;
            case [int only]:
                writer.WriteNumber("eos_token_id", only);
                break;
            default:
                writer.WriteStartArray("eos_token_id");
                foreach (int id in config.EosTokenIds)
                {
                    writer.WriteNumberValue(id);
                }

                writer.WriteEndArray();
                break;
        }
    }

    private static FamilyForm ReadForm(JsonFields fields)
    {
        FamilyForm? form;
        if (fields.Has("architectures"))
        {
            string[] names = [.. fields.Array("architectures").Select(name => name.ValueKind == JsonValueKind.String ? fields.TextOf(name) : "?")];
            form = FamilyForm.All.FirstOrDefault(known => names is [{ } only] && only == known.Architecture);
            if (form is null)
            {
                throw fields.Unsupported($"the architecture {(names.Length == 0 ? "(none)" : string.Join(", ", names))}");
            }
        }
        else
        {
            string type = fields.Text("model_type");
            form = FamilyForm.All.FirstOrDefault(known => known.ModelType == type)
                ?? throw fields.Unsupported($"the architecture '{type}'");
        }

        fields.OnlyText("model_type", form.ModelType);
        return form;
    }

    /// <summary>Some published files say −1 for "none".</summary>
    private static int? ReadPadToken(JsonFields fields) =>
        fields.Has("pad_token_id") && fields.Integer("pad_token_id", -1, Limit) is >= 0 and int id ? id : null;

    private static ScalarType ReadDtype(JsonFields fields)
    {
        string name = fields.Has("dtype") ? fields.Text("dtype") : fields.Has("torch_dtype") ? fields.Text("torch_dtype") : "float32";
        return name switch
        {
            "float32" => ScalarType.Float32,
            "float16" => ScalarType.Float16,
            "bfloat16" => ScalarType.BFloat16,
            _ => throw fields.Unsupported($"the dtype '{name}'"),
        };
    }

    private static string NameOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => "float32",
        ScalarType.Float16 => "float16",
        ScalarType.BFloat16 => "bfloat16",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Weights are stored as float32, float16 or bfloat16."),
    };
}
