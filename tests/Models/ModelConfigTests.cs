using System.Text.Json.Nodes;
using Reflux.Contracts.Errors;
using Reflux.Models.Tests.Decoders;
using Reflux.Tests.Support;
using static TorchSharp.torch;

namespace Reflux.Models.Tests;

public class ModelConfigTests
{
    [Fact]
    public void Round_trips()
    {
        ModelConfig config = TestModels.Tiny with { BosTokenId = 1, EosTokenIds = [3, 5], TieWordEmbeddings = true, Dtype = ScalarType.BFloat16 };

        ModelConfig read = Read(config.ToJson());

        Assert.Equal(config.EosTokenIds, read.EosTokenIds);
        Assert.Equal(config with { EosTokenIds = [] }, read with { EosTokenIds = [] });
        Assert.Equal(config.ToJson(), read.ToJson());
    }

    [Fact]
    public void Absent_fields_have_the_defaults_of_the_format()
    {
        ModelConfig config = Read("""
            {"model_type":"llama","hidden_size":64,"intermediate_size":96,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":300}
            """);

        Assert.Equal((4, 16, 2048, 1e-6, 10_000, false), (config.KeyValueHeads, config.HeadDim, config.MaxPositions, config.RmsNormEpsilon, config.RopeTheta, config.TieWordEmbeddings));
        Assert.Empty(config.EosTokenIds);
        Assert.Null(config.BosTokenId);
        Assert.Equal(ScalarType.Float32, config.Dtype);
    }

    [Theory]
    [MemberData(nameof(TestFamilies.Names), MemberType = typeof(TestFamilies))]
    public void Every_family_round_trips(string name)
    {
        ModelConfig config = TestFamilies.All[name] with { PadTokenId = 0 };

        ModelConfig read = Read(config.ToJson());

        Assert.Equal(config with { EosTokenIds = [] }, read with { EosTokenIds = [] });
        Assert.Equal(config.ToJson(), read.ToJson());
    }

    [Theory]
    [InlineData("llama", 2048, 40, 12, null)]
    [InlineData("mistral", 131_072, 8, 12, 4096)]
    [InlineData("qwen2", 32_768, 32, 12, null)]
    [InlineData("qwen3", 32_768, 32, 128, null)]
    public void Absent_fields_have_the_defaults_of_their_family(string type, int positions, int keyValueHeads, int headDim, int? window)
    {
        // as many heads as every default divides
        int heads = type == "llama" ? 40 : 32;
        ModelConfig config = Read($$"""
            {"model_type":"{{type}}","hidden_size":{{12 * heads}},"intermediate_size":96,"num_hidden_layers":2,"num_attention_heads":{{heads}},"vocab_size":300}
            """);

        Assert.Equal((positions, keyValueHeads, headDim, window), (config.MaxPositions, config.KeyValueHeads, config.HeadDim, config.SlidingWindow));
        Assert.Equal((type == "qwen2", false, type == "qwen3", false), (config.QueryKeyValueBias, config.OutputBias, config.QueryKeyNorm, config.TieWordEmbeddings));
        Assert.Equal((10_000, 1e-6), (config.RopeTheta, config.RmsNormEpsilon));
        Assert.Null(config.RopeScaling);
    }

    [Fact]
    public void Null_key_value_heads_are_as_many_as_query_heads() =>
        Assert.Equal(4, Read(Changed(TestFamilies.All["mistral"], root => root["num_key_value_heads"] = null)).KeyValueHeads);

    [Theory]
    [InlineData("""{"rope_theta":500000.0,"rope_scaling":{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,"rope_type":"llama3"}}""")]
    [InlineData("""{"rope_theta":500000.0,"rope_scaling":{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,"type":"llama3"}}""")]
    [InlineData("""{"rope_parameters":{"rope_theta":500000.0,"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,"rope_type":"llama3"}}""")]
    public void Llama3_scaling_is_read_in_every_spelling(string rope)
    {
        ModelConfig config = Read(Changed(root =>
        {
            root.Remove("rope_theta");
            root.Remove("rope_scaling");
            foreach ((string name, JsonNode? value) in JsonNode.Parse(rope)!.AsObject())
            {
                root[name] = value?.DeepClone();
            }
        }));

        Assert.Equal((500_000, new Llama3RopeScaling(32, 1, 4, 8192)), (config.RopeTheta, config.RopeScaling));
    }

    [Theory]
    [InlineData("""{"use_sliding_window":false,"sliding_window":3,"max_window_layers":0}""", null, 0)]
    [InlineData("""{"sliding_window":3,"max_window_layers":0}""", null, 0)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":3,"max_window_layers":0}""", 3, 0)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":3,"max_window_layers":1}""", 3, 1)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":3,"max_window_layers":2}""", null, 0)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":3}""", null, 0)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":null,"max_window_layers":0}""", null, 0)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":48,"max_window_layers":0}""", null, 0)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":3,"layer_types":["full_attention","sliding_attention"]}""", 3, 1)]
    [InlineData("""{"use_sliding_window":true,"sliding_window":3,"layer_types":["sliding_attention","sliding_attention"]}""", 3, 0)]
    [InlineData("""{"use_sliding_window":false,"sliding_window":3,"layer_types":["full_attention","full_attention"]}""", null, 0)]
    public void A_window_counts_only_where_it_is_in_use(string fields, int? window, int first)
    {
        ModelConfig config = Read(Changed(TestFamilies.All["qwen2"], root =>
        {
            foreach ((string name, JsonNode? value) in JsonNode.Parse(fields)!.AsObject())
            {
                root[name] = value?.DeepClone();
            }
        }));

        Assert.Equal((window, first), (config.SlidingWindow, config.FirstWindowedLayer));
    }

    [Theory]
    [InlineData("mistral", "layer_types", """["full_attention","sliding_attention"]""", ErrorCodes.ModelUnsupported)]
    [InlineData("mistral", "attention_bias", "true", ErrorCodes.ModelUnsupported)]
    [InlineData("mistral", "sliding_window", "0", ErrorCodes.ModelInvalid)]
    [InlineData("qwen2", "attention_bias", "true", ErrorCodes.ModelUnsupported)]
    [InlineData("qwen2", "layer_types", """["full_attention","sliding_attention"]""", ErrorCodes.ModelInvalid)]
    [InlineData("qwen2", "layer_types", """["full_attention"]""", ErrorCodes.ModelInvalid)]
    [InlineData("qwen2", "layer_types", """["full_attention","chunked_attention"]""", ErrorCodes.ModelUnsupported)]
    [InlineData("qwen2-windowed", "layer_types", """["sliding_attention","full_attention"]""", ErrorCodes.ModelUnsupported)]
    [InlineData("qwen2", "use_mrope", "true", ErrorCodes.ModelUnsupported)]
    [InlineData("qwen3", "rope_scaling", """{"rope_type":"yarn","factor":4.0}""", ErrorCodes.ModelUnsupported)]
    [InlineData("qwen3", "num_experts", "8", ErrorCodes.ModelUnsupported)]
    [InlineData("llama", "layer_types", """["full_attention","sliding_attention"]""", ErrorCodes.ModelInvalid)]
    [InlineData("llama", "rope_interleaved", "true", ErrorCodes.ModelUnsupported)]
    [InlineData("llama", "use_sliding_window", "true", ErrorCodes.ModelUnsupported)]
    [InlineData("llama", "rope_parameters", """{"rope_type":"default","rope_theta":7.0}""", ErrorCodes.ModelInvalid)]
    [InlineData("llama", "rope_parameters", """{"partial_rotary_factor":0.5}""", ErrorCodes.ModelUnsupported)]
    [InlineData("llama", "rope_scaling", """{"rope_type":"llama3","factor":8}""", ErrorCodes.ModelInvalid)]
    [InlineData("llama", "rope_scaling", """{"rope_type":"dynamic","factor":8}""", ErrorCodes.ModelUnsupported)]
    [InlineData("llama", "rope_scaling", """{"rope_type":"llama3","factor":0.5,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":32}""", ErrorCodes.ModelInvalid)]
    [InlineData("llama", "rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4,"original_max_position_embeddings":32}""", ErrorCodes.ModelInvalid)]
    [InlineData("llama", "rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":32,"short_factor":[1]}""", ErrorCodes.ModelUnsupported)]
    [InlineData("llama", "pad_token_id", "17", ErrorCodes.ModelInvalid)]
    public void What_a_family_has_no_form_for_is_refused(string family, string field, string value, string code)
    {
        ModelException error = Assert.Throws<ModelException>(() => Read(Changed(TestFamilies.All[family], root => root[field] = JsonNode.Parse(value))));

        Assert.Equal(code, error.Code);
    }

    public static TheoryData<string, ModelConfig> Impossible { get; } = new()
    {
        { "Mistral", TestFamilies.All["llama-biased"] with { Family = ModelFamily.Mistral } },
        { "Qwen2", TestModels.Tiny with { Family = ModelFamily.Qwen2 } },
        { "Qwen3", TestModels.Tiny with { Family = ModelFamily.Qwen3 } },
        { "Llama", TestModels.Tiny with { QueryKeyValueBias = true } },
        { "sliding_window", TestModels.Tiny with { SlidingWindow = 4 } },
        { "layer 2", TestFamilies.All["qwen2-windowed"] with { FirstWindowedLayer = 2 } },
        { "layer 1", TestFamilies.All["qwen2"] with { FirstWindowedLayer = 1 } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_shape_that_its_family_could_not_store_is_refused(string named, ModelConfig config) =>
        Assert.Contains(named, config.FindFault());

    [Fact]
    public void A_pad_token_of_minus_one_is_none() => Assert.Null(Read(Changed(root => root["pad_token_id"] = -1)).PadTokenId);

    [Fact]
    public void Fields_that_change_no_number_are_passed_over()
    {
        ModelConfig config = Read(Changed(root =>
        {
            root["is_llama_config"] = true;
            root["rope_interleaved"] = false;
            root["transformers.js_config"] = JsonNode.Parse("""{"kv_cache_dtype":{"fp16":"float16"}}""");
            root["_name_or_path"] = "x";
        }));

        Assert.Equal(TestModels.Tiny with { EosTokenIds = config.EosTokenIds }, config);
    }

    [Fact]
    public void Both_spellings_of_rope_and_dtype_are_read()
    {
        ModelConfig config = Read(Changed(root =>
        {
            root.Remove("rope_theta");
            root.Remove("torch_dtype");
            root["rope_parameters"] = JsonNode.Parse("""{"rope_type":"default","rope_theta":500.0}""");
            root["dtype"] = "float16";
        }));

        Assert.Equal((500, ScalarType.Float16), (config.RopeTheta, config.Dtype));
    }

    public static TheoryData<string, string, string> Unsupported { get; } = new()
    {
        { "architectures", """["MambaForCausalLM"]""", "MambaForCausalLM" },
        { "architectures", """["LlamaForSequenceClassification"]""", "LlamaForSequenceClassification" },
        { "model_type", "\"gemma\"", "gemma" },
        { "sliding_window", "128", "sliding_window" },
        { "quantization_config", "{}", "quantization_config" },
        { "mlp_bias", "true", "mlp_bias" },
        { "hidden_act", "\"gelu\"", "gelu" },
        { "rope_scaling", """{"type":"linear","factor":8}""", "linear" },
        { "rope_parameters", """{"rope_type":"yarn","rope_theta":1}""", "yarn" },
        { "attention_dropout", "0.1", "attention_dropout" },
        { "pretraining_tp", "2", "pretraining_tp" },
        { "torch_dtype", "\"float64\"", "float64" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void What_is_not_supported_is_named(string field, string value, string named)
    {
        ModelException error = Assert.Throws<ModelException>(() => Read(Changed(root => root[field] = JsonNode.Parse(value))));

        Assert.Equal(ErrorCodes.ModelUnsupported, error.Code);
        Assert.Contains(named, error.Message);
        Assert.Contains("config.json", error.Message);
    }

    [Theory]
    [InlineData("hidden_size", "0")]
    [InlineData("hidden_size", "\"x\"")]
    [InlineData("hidden_size", "1e9")]
    [InlineData("num_attention_heads", "3")]
    [InlineData("num_attention_heads", "-4")]
    [InlineData("num_key_value_heads", "3")]
    [InlineData("head_dim", "5")]
    [InlineData("rms_norm_eps", "0")]
    [InlineData("rope_theta", "-1")]
    [InlineData("eos_token_id", "17")]
    [InlineData("eos_token_id", "[3,\"a\"]")]
    [InlineData("bos_token_id", "-1")]
    [InlineData("tie_word_embeddings", "1")]
    [InlineData("vocab_size", "null")]
    public void What_cannot_be_is_refused(string field, string value)
    {
        ModelException error = Assert.Throws<ModelException>(() => Read(Changed(root => root[field] = JsonNode.Parse(value))));

        Assert.Equal(ErrorCodes.ModelInvalid, error.Code);
    }

    private static string Changed(Action<JsonObject> change) => Changed(TestModels.Tiny, change);

    private static string Changed(ModelConfig config, Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(config.ToJson())!.AsObject();
        change(root);
        return root.ToJsonString();
    }

    internal static ModelConfig Read(string json)
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory.File("config.json"), json);
        return ModelConfig.Load(directory.Path);
    }
}
