using System.Text.Json;
using Reflux.Models.Json;
using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>Reads and writes <c>config.json</c>; every field is either understood, known not to matter, or refused by name.</summary>
internal static class ModelConfigJson
{
    private const string Architecture = "LlamaForCausalLM";
    private const int Limit = 1 << 24;

    private static readonly HashSet<string> Known =
    [
        // understood
        "architectures", "model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "head_dim", "vocab_size", "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_scaling", "rope_parameters",
        "tie_word_embeddings", "bos_token_id", "eos_token_id", "torch_dtype", "dtype", "hidden_act", "attention_bias", "mlp_bias",
        "attention_dropout", "pretraining_tp",

        // without influence on the numbers here
        "_name_or_path", "initializer_range", "pad_token_id", "transformers_version", "use_cache",
    ];

    public static ModelConfig Read(string file)
    {
        JsonFields fields = JsonFields.Read(file);
        CheckArchitecture(fields);
        fields.OnlyThese(Known);
        fields.OnlyText("hidden_act", "silu");
        fields.OnlyFlag("attention_bias", false);
        fields.OnlyFlag("mlp_bias", false);
        fields.OnlyNull("rope_scaling");
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
        if (!fields.Has("head_dim") && hidden % heads != 0)
        {
            throw fields.Invalid($"hidden_size {hidden} is no multiple of num_attention_heads {heads}");
        }

        ModelConfig config = new()
        {
            HiddenSize = hidden,
            IntermediateSize = fields.Integer("intermediate_size", 1, Limit),
            Layers = fields.Integer("num_hidden_layers", 1, 10_000),
            Heads = heads,
            KeyValueHeads = fields.Integer("num_key_value_heads", heads, 1, Limit),
            HeadDim = fields.Integer("head_dim", hidden / heads, 1, Limit),
            VocabularySize = fields.Integer("vocab_size", 1, Limit),
            MaxPositions = fields.Integer("max_position_embeddings", 2048, 1, Limit),
            RmsNormEpsilon = fields.Positive("rms_norm_eps", 1e-6),
            RopeTheta = ReadRopeTheta(fields),
            TieWordEmbeddings = fields.Flag("tie_word_embeddings", false),
            BosTokenId = fields.Has("bos_token_id") ? fields.Integer("bos_token_id", 0, Limit) : null,
            EosTokenIds = ReadTokenIds(fields, "eos_token_id"),
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
        writer.WriteStartArray("architectures");
        writer.WriteStringValue(Architecture);
        writer.WriteEndArray();
        writer.WriteBoolean("attention_bias", false);
        writer.WriteNumber("attention_dropout", 0.0);
        WriteTokenIds(writer, config);
        writer.WriteNumber("head_dim", config.HeadDim);
        writer.WriteString("hidden_act", "silu");
        writer.WriteNumber("hidden_size", config.HiddenSize);
        writer.WriteNumber("initializer_range", 0.02);
        writer.WriteNumber("intermediate_size", config.IntermediateSize);
        writer.WriteNumber("max_position_embeddings", config.MaxPositions);
        writer.WriteBoolean("mlp_bias", false);
        writer.WriteString("model_type", "llama");
        writer.WriteNumber("num_attention_heads", config.Heads);
        writer.WriteNumber("num_hidden_layers", config.Layers);
        writer.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        writer.WriteNumber("rms_norm_eps", config.RmsNormEpsilon);
        writer.WriteNull("rope_scaling");
        writer.WriteNumber("rope_theta", config.RopeTheta);
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

    private static void CheckArchitecture(JsonFields fields)
    {
        if (fields.Has("architectures"))
        {
            string[] names = [.. fields.Array("architectures").Select(name => name.ValueKind == JsonValueKind.String ? fields.TextOf(name) : "?")];
            if (names is not [Architecture])
            {
                throw fields.Unsupported($"the architecture {(names.Length == 0 ? "(none)" : string.Join(", ", names))}");
            }
        }
        else if (fields.Text("model_type") != "llama")
        {
            throw fields.Unsupported($"the architecture '{fields.Text("model_type")}'");
        }

        fields.OnlyText("model_type", "llama");
    }

    private static double ReadRopeTheta(JsonFields fields)
    {
        if (!fields.Has("rope_parameters"))
        {
            return fields.Positive("rope_theta", 10_000);
        }

        JsonFields rope = fields.Object("rope_parameters");
        rope.OnlyText("rope_type", "default");
        rope.OnlyThese(new HashSet<string> { "rope_type", "rope_theta" });
        return rope.Positive("rope_theta", fields.Positive("rope_theta", 10_000));
    }

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
