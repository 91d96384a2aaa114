using System.Text.Json;
using Reflux.Models.Json;

namespace Reflux.Models.Adapters;

/// <summary>
/// <c>adapter_config.json</c> of PEFT. A field that would change numbers in a way that isn't done here is refused by its name, as is one that is unknown;
/// fields that only tell how an adapter was trained or initialised are passed over.
/// </summary>
internal static class PeftConfigJson
{
    // these say how it was trained or loaded, not what it computes
    private static readonly string[] PassedOver =
        ["auto_mapping", "inference_mode", "lora_dropout", "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config"];

    // absent, null, false, empty: each is off
    private static readonly string[] Refused =
    [
        "alora_invocation_tokens", "alpha_pattern", "arrow_config", "corda_config", "ensure_weight_tying", "eva_config", "exclude_modules", "fan_in_fan_out",
        "layer_replication", "layers_pattern", "layers_to_transform", "loftq_config", "lora_bias", "megatron_config", "modules_to_save", "rank_pattern",
        "target_parameters", "trainable_token_indices", "use_dora", "use_qalora",
    ];

    private static readonly HashSet<string> Known =
    [
        .. PassedOver, .. Refused, "base_model_name_or_path", "bias", "init_lora_weights", "lora_alpha", "peft_type", "r", "target_modules", "task_type", "use_rslora",
    ];

    public static LoraConfig Read(string file) => Read(JsonFields.Read(file));

    public static LoraConfig Read(JsonFields fields)
    {
        fields.OnlyText("peft_type", "LORA");
        fields.OnlyText("task_type", "CAUSAL_LM");
        fields.OnlyText("bias", "none");
        fields.OnlyThese(Known);
        foreach (string name in Refused)
        {
            if (fields.Has(name) && !IsOff(fields.Required(name)))
            {
                throw fields.Unsupported($"the field '{name}'");
            }
        }

        CheckInitialisation(fields);
        JsonElement targets = fields.Required("target_modules");
        LoraConfig config = new()
        {
            Rank = fields.Integer("r", 1, 1 << 16),
            Alpha = fields.Has("lora_alpha") ? fields.Positive("lora_alpha", 0) : throw fields.Invalid("the field 'lora_alpha' is missing"),
            RankStabilized = fields.Flag("use_rslora", false),
            BaseModel = fields.Has("base_model_name_or_path") ? fields.Text("base_model_name_or_path") : null,
        };
        return targets.ValueKind == JsonValueKind.String
            ? config with { TargetPattern = fields.Text("target_modules") is "all-linear" ? ".*" : fields.Text("target_modules") }
            : config with { TargetModules = [.. fields.Array("target_modules").Select(target => target.ValueKind == JsonValueKind.String ? fields.TextOf(target) : throw fields.Invalid("'target_modules' holds something else than names"))] };
    }

    public static string Write(LoraConfig config) => JsonText.Write(writer =>
    {
        writer.WriteString("base_model_name_or_path", config.BaseModel);
        writer.WriteString("bias", "none");
        writer.WriteBoolean("fan_in_fan_out", false);
        writer.WriteBoolean("inference_mode", true);
        writer.WriteBoolean("init_lora_weights", true);
        writer.WriteNumber("lora_alpha", config.Alpha);
        writer.WriteNumber("lora_dropout", 0.0);
        writer.WriteNull("modules_to_save");
        writer.WriteString("peft_type", "LORA");
        writer.WriteNumber("r", config.Rank);
        if (config.TargetPattern is not null)
        {
            writer.WriteString("target_modules", config.TargetPattern);
        }
        else
        {
            writer.WriteStartArray("target_modules");
            foreach (string target in config.TargetModules)
            {
                writer.WriteStringValue(target);
            }

            writer.WriteEndArray();
        }

        writer.WriteString("task_type", "CAUSAL_LM");
        writer.WriteBoolean("use_rslora", config.RankStabilized);
    });

    /// <summary>Some ways to initialise an adapter change the base's weights as well.</summary>
    private static void CheckInitialisation(JsonFields fields)
    {
        if (fields.Has("init_lora_weights")
            && fields.Required("init_lora_weights").ValueKind is not (JsonValueKind.True or JsonValueKind.False)
            && fields.Text("init_lora_weights") is var kind and not ("gaussian" or "eva" or "orthogonal"))
        {
            throw fields.Unsupported($"'init_lora_weights': \"{kind}\", which changes the base's weights,");
        }
    }

    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };
}
