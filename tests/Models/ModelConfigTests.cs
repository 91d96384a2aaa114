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

    private static string Changed(Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(TestModels.Tiny.ToJson())!.AsObject();
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
