using static TorchSharp.torch;

namespace Reflux.Models.Tests;

public class PublishedModelConfigTests
{
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
        ModelConfig config = ModelConfigTests.Read(json);

        Assert.True(expected.EosTokenIds.SequenceEqual(config.EosTokenIds), name);
        Assert.Equal(expected with { EosTokenIds = [] }, config with { EosTokenIds = [] });
        Assert.Equal(config.ToJson(), ModelConfigTests.Read(config.ToJson()).ToJson());
    }
}
