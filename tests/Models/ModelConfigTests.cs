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

    /// <summary>What the configuration files of published models say, in the forms that are in circulation, with the numbers that follow.</summary>
    public static TheoryData<string, string, ModelConfig> Published { get; } = new()
    {
        {
            "Llama-3.2-1B",
            """
            {"architectures":["LlamaForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":128000,"eos_token_id":[128001,128008,128009],
             "head_dim":64,"hidden_act":"silu","hidden_size":2048,"initializer_range":0.02,"intermediate_size":8192,"max_position_embeddings":131072,"mlp_bias":false,
             "model_type":"llama","num_attention_heads":32,"num_hidden_layers":16,"num_key_value_heads":8,"pretraining_tp":1,"rms_norm_eps":1e-05,
             "rope_scaling":{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,"rope_type":"llama3"},
             "rope_theta":500000.0,"tie_word_embeddings":true,"torch_dtype":"bfloat16","transformers_version":"4.45.0.dev0","use_cache":true,"vocab_size":128256}
            """,
            new ModelConfig
            {
                HiddenSize = 2048, IntermediateSize = 8192, Layers = 16, Heads = 32, KeyValueHeads = 8, HeadDim = 64, VocabularySize = 128_256, MaxPositions = 131_072,
                RmsNormEpsilon = 1e-5, RopeTheta = 500_000, RopeScaling = new Llama3RopeScaling(32, 1, 4, 8192), TieWordEmbeddings = true, BosTokenId = 128_000,
                EosTokenIds = [128_001, 128_008, 128_009], Dtype = ScalarType.BFloat16,
            }
        },
        {
            "Llama-2-7b",
            """
            {"_name_or_path":"x","architectures":["LlamaForCausalLM"],"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,
             "intermediate_size":11008,"max_position_embeddings":4096,"model_type":"llama","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,
             "pretraining_tp":1,"rms_norm_eps":1e-05,"rope_scaling":null,"tie_word_embeddings":false,"torch_dtype":"float16","transformers_version":"4.31.0.dev0",
             "use_cache":true,"vocab_size":32000}
            """,
            new ModelConfig
            {
                HiddenSize = 4096, IntermediateSize = 11_008, Layers = 32, Heads = 32, KeyValueHeads = 32, HeadDim = 128, VocabularySize = 32_000, MaxPositions = 4096,
                RmsNormEpsilon = 1e-5, BosTokenId = 1, EosTokenIds = [2], Dtype = ScalarType.Float16,
            }
        },
        {
            "Mistral-7B-v0.1",
            """
            {"architectures":["MistralForCausalLM"],"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,
             "intermediate_size":14336,"max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,
             "rms_norm_eps":1e-05,"rope_theta":10000.0,"sliding_window":4096,"tie_word_embeddings":false,"torch_dtype":"bfloat16","transformers_version":"4.34.0.dev0",
             "use_cache":true,"vocab_size":32000}
            """,
            Mistral with { SlidingWindow = 4096 }
        },
        {
            "Mistral-7B-v0.3",
            """
            {"architectures":["MistralForCausalLM"],"attention_dropout":0.0,"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,
             "intermediate_size":14336,"max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,
             "rms_norm_eps":1e-05,"rope_theta":1000000.0,"sliding_window":null,"tie_word_embeddings":false,"torch_dtype":"bfloat16","transformers_version":"4.42.0.dev0",
             "use_cache":true,"vocab_size":32768}
            """,
            Mistral with { RopeTheta = 1_000_000, VocabularySize = 32_768 }
        },
        {
            "Qwen2.5-0.5B",
            """
            {"architectures":["Qwen2ForCausalLM"],"attention_dropout":0.0,"bos_token_id":151643,"eos_token_id":151643,"hidden_act":"silu","hidden_size":896,
             "initializer_range":0.02,"intermediate_size":4864,"max_position_embeddings":32768,"max_window_layers":24,"model_type":"qwen2","num_attention_heads":14,
             "num_hidden_layers":24,"num_key_value_heads":2,"rms_norm_eps":1e-06,"rope_theta":1000000.0,"sliding_window":32768,"tie_word_embeddings":true,
             "torch_dtype":"bfloat16","transformers_version":"4.40.1","use_cache":true,"use_mrope":false,"use_sliding_window":false,"vocab_size":151936}
            """,
            Qwen25
        },
        {
            "Qwen2.5-0.5B, written by a newer version",
            """
            {"architectures":["Qwen2ForCausalLM"],"attention_dropout":0.0,"bos_token_id":151643,"dtype":"bfloat16","eos_token_id":151643,"hidden_act":"silu","hidden_size":896,
             "initializer_range":0.02,"intermediate_size":4864,"layer_types":["full_attention","full_attention","full_attention","full_attention","full_attention",
             "full_attention","full_attention","full_attention","full_attention","full_attention","full_attention","full_attention","full_attention","full_attention",
             "full_attention","full_attention","full_attention","full_attention","full_attention","full_attention","full_attention","full_attention","full_attention",
             "full_attention"],"max_position_embeddings":32768,"max_window_layers":24,"model_type":"qwen2","num_attention_heads":14,"num_hidden_layers":24,
             "num_key_value_heads":2,"pad_token_id":null,"rms_norm_eps":1e-06,"rope_parameters":{"rope_theta":1000000.0,"rope_type":"default"},"sliding_window":null,
             "tie_word_embeddings":true,"transformers_version":"5.0.0","use_cache":true,"use_sliding_window":false,"vocab_size":151936}
            """,
            Qwen25
        },
        {
            "Qwen3-0.6B",
            """
            {"architectures":["Qwen3ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":151643,"eos_token_id":151645,"head_dim":128,
             "hidden_act":"silu","hidden_size":1024,"initializer_range":0.02,"intermediate_size":3072,"max_position_embeddings":40960,"max_window_layers":28,
             "model_type":"qwen3","num_attention_heads":16,"num_hidden_layers":28,"num_key_value_heads":8,"rms_norm_eps":1e-06,"rope_scaling":null,"rope_theta":1000000,
             "sliding_window":null,"tie_word_embeddings":true,"torch_dtype":"bfloat16","transformers_version":"4.51.0","use_cache":true,"use_sliding_window":false,
             "vocab_size":151936}
            """,
            new ModelConfig
            {
                Family = ModelFamily.Qwen3, HiddenSize = 1024, IntermediateSize = 3072, Layers = 28, Heads = 16, KeyValueHeads = 8, HeadDim = 128, VocabularySize = 151_936,
                MaxPositions = 40_960, RopeTheta = 1_000_000, QueryKeyNorm = true, TieWordEmbeddings = true, BosTokenId = 151_643, EosTokenIds = [151_645],
                Dtype = ScalarType.BFloat16,
            }
        },
        {
            "SmolLM2-135M, fine-tuned",
            """
            {"_attn_implementation_autoset":true,"architectures":["LlamaForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":1,"eos_token_id":2,
             "head_dim":64,"hidden_act":"silu","hidden_size":576,"initializer_range":0.041666666666666664,"intermediate_size":1536,"is_llama_config":true,
             "max_position_embeddings":8192,"mlp_bias":false,"model_type":"llama","num_attention_heads":9,"num_hidden_layers":30,"num_key_value_heads":3,"pad_token_id":2,
             "pretraining_tp":1,"rms_norm_eps":1e-05,"rope_interleaved":false,"rope_scaling":null,"rope_theta":100000,"tie_word_embeddings":true,"torch_dtype":"bfloat16",
             "transformers.js_config":{"kv_cache_dtype":{"fp16":"float16","q4f16":"float16"}},"transformers_version":"4.47.1","unsloth_fixed":true,
             "unsloth_version":"2025.1.5","use_cache":false,"vocab_size":49152}
            """,
            new ModelConfig
            {
                HiddenSize = 576, IntermediateSize = 1536, Layers = 30, Heads = 9, KeyValueHeads = 3, HeadDim = 64, VocabularySize = 49_152, MaxPositions = 8192,
                RmsNormEpsilon = 1e-5, RopeTheta = 100_000, TieWordEmbeddings = true, BosTokenId = 1, EosTokenIds = [2], PadTokenId = 2, Dtype = ScalarType.BFloat16,
            }
        },
    };

    private static ModelConfig Mistral => new()
    {
        Family = ModelFamily.Mistral, HiddenSize = 4096, IntermediateSize = 14_336, Layers = 32, Heads = 32, KeyValueHeads = 8, HeadDim = 128, VocabularySize = 32_000,
        MaxPositions = 32_768, RmsNormEpsilon = 1e-5, BosTokenId = 1, EosTokenIds = [2], Dtype = ScalarType.BFloat16,
    };

    private static ModelConfig Qwen25 => new()
    {
        Family = ModelFamily.Qwen2, QueryKeyValueBias = true, HiddenSize = 896, IntermediateSize = 4864, Layers = 24, Heads = 14, KeyValueHeads = 2, HeadDim = 64,
        VocabularySize = 151_936, MaxPositions = 32_768, RopeTheta = 1_000_000, TieWordEmbeddings = true, BosTokenId = 151_643, EosTokenIds = [151_643],
        Dtype = ScalarType.BFloat16,
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void What_published_models_say_is_read(string name, string json, ModelConfig expected)
    {
        ModelConfig config = Read(json);

        Assert.True(expected.EosTokenIds.SequenceEqual(config.EosTokenIds), name);
        Assert.Equal(expected with { EosTokenIds = [] }, config with { EosTokenIds = [] });
        Assert.Equal(config.ToJson(), Read(config.ToJson()).ToJson());
    }

    private static string Changed(Action<JsonObject> change) => Changed(TestModels.Tiny, change);

    private static string Changed(ModelConfig config, Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(config.ToJson())!.AsObject();
        change(root);
        return root.ToJsonString();
    }

    private static ModelConfig Read(string json)
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory.File("config.json"), json);
        return ModelConfig.Load(directory.Path);
    }
}
