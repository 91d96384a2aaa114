using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using Reflux.Models.Tests.Decoders;
using Reflux.Models.Tests.Tokenizers;
using Reflux.Models.Tokenizers;
using Reflux.Models.Weights;
using Reflux.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests;

public sealed class LanguageModelTests : IDisposable
{
    private static readonly ModelConfig Config = TestModels.Tiny with
    {
        VocabularySize = TestTokenizers.Small.VocabularySize,
        EosTokenIds = [TestTokenizers.Small.IdOf(PromptTemplate.EndToken)!.Value],
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.Float16, true)]
    public void A_written_directory_loads_as_the_same_model(ScalarType dtype, bool tied)
    {
        using CausalDecoder decoder = TestModels.Create(Config with { TieWordEmbeddings = tied });
        ModelDirectory.Write(_directory.Path, decoder, dtype, TestTokenizers.Small, PromptTemplate.Default);

        using LanguageModel model = LanguageModel.Load(_directory.Path, CPU);

        Assert.Equal(dtype, model.Config.Dtype);
        Assert.Equal(decoder.Parameters.Keys, model.Decoder.Parameters.Keys);
        using var scope = NewDisposeScope();
        foreach ((string name, Tensor stored) in model.Decoder.Parameters)
        {
            Assert.Equal(ScalarType.Float32, stored.dtype);
            Assert.True(stored.Equals(decoder.Parameters[name].to_type(dtype).to_type(ScalarType.Float32)), name);
        }

        Assert.Equal(TestTokenizers.Small.Hash, model.Tokenizer.Hash);
        Assert.Equal(PromptTemplate.Default.Hash, model.Template.Hash);
        Assert.Equal(Config.EosTokenIds, model.StopTokenIds);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_directory.File("model.safetensors")))), model.Revision);
    }

    [Fact]
    public void A_base_model_has_no_chat_template_and_loads()
    {
        Write();
        File.Delete(_directory.File("chat_template.jinja"));

        using LanguageModel model = LanguageModel.Load(_directory.Path, CPU);

        Assert.False(model.HasTemplate);
        Assert.Equal(PromptTemplate.EndToken, model.TokenNames.Eos);
        ModelException missing = Assert.Throws<ModelException>(() => model.Template);
        Assert.Contains("chat_template.jinja", missing.Message, StringComparison.Ordinal);

        string copy = _directory.File("copy");
        ModelDirectory.Write(copy, model.Decoder, ScalarType.Float32, model.Tokenizer, template: null, model.Generation, model.TokenNames);
        Assert.False(File.Exists(Path.Combine(copy, "chat_template.jinja")));
        Assert.Equal(model.TokenNames.Eos, SpecialTokenNames.Read(copy).Eos);
    }

    [Fact]
    public void The_directory_is_complete()
    {
        Write();

        Assert.Equal(
            ["chat_template.jinja", "config.json", "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"],
            Directory.EnumerateFiles(_directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes()
    {
        Write();
        byte[] first = File.ReadAllBytes(_directory.File("model.safetensors"));
        Write();

        Assert.Equal(first, File.ReadAllBytes(_directory.File("model.safetensors")));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("model.safetensors")]
    public void A_missing_file_is_named(string name)
    {
        Write();
        File.Delete(_directory.File(name));

        AssertRefused(ErrorCodes.ModelInvalid, name);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("generation_config.json")]
    [InlineData("model.safetensors")]
    public void A_truncated_file_is_named_wherever_it_is_cut(string name)
    {
        Write();
        byte[] whole = File.ReadAllBytes(_directory.File(name));
        foreach (int length in (int[])[0, 1, whole.Length / 2, whole.Length - 2])
        {
            File.WriteAllBytes(_directory.File(name), whole[..length]);
            AssertRefused(ErrorCodes.ModelInvalid, name);
        }
    }

    [Fact]
    public void What_is_no_directory_is_refused()
    {
        Assert.Equal(ErrorCodes.ModelInvalid, Assert.Throws<ModelException>(() => LanguageModel.Load("/nowhere", CPU)).Code);
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("consolidated.00.pth")]
    [InlineData("model.pt")]
    public void A_pickle_is_refused_by_name_and_never_opened(string name)
    {
        Write();
        File.Delete(_directory.File("model.safetensors"));
        Directory.CreateDirectory(_directory.File("more.bin"));
        File.WriteAllText(_directory.File(name), "");

        AssertRefused(ErrorCodes.ModelUnsupported, name);
        Assert.Contains(name, Assert.Throws<ModelException>(() => ModelDirectory.Check(_directory.Path)).Message);
    }

    [Fact]
    public void Tensors_that_do_not_fit_the_config_are_named()
    {
        Write();
        AssertWeightsRefused("model.norm.weight", weights => weights.Remove("model.norm.weight"));
        AssertWeightsRefused("model.norm.weight", weights => weights["model.norm.weight"] = ones(13));
        AssertWeightsRefused("model.norm.weight", weights => weights["model.norm.weight"] = ones(12, ScalarType.Int64));
        AssertWeightsRefused("model.layers.2.mlp.up_proj.weight", weights => weights["model.layers.2.mlp.up_proj.weight"] = ones(20, 12));
        AssertWeightsRefused("lm_head.weight", weights => weights["lm_head.weight"] = ones(12));
    }

    [Fact]
    public void A_tied_head_may_be_stored_if_it_is_the_embedding()
    {
        Write();
        Edit("config.json", root => root["tie_word_embeddings"] = true);
        AssertRefused(ErrorCodes.ModelInvalid, "lm_head.weight");

        Rewrite(weights => weights["lm_head.weight"] = weights["model.embed_tokens.weight"]);
        using LanguageModel model = LanguageModel.Load(_directory.Path, CPU);
        Assert.DoesNotContain("lm_head.weight", model.Decoder.Parameters.Keys);
    }

    [Fact]
    public void Tokenizer_and_config_have_to_agree()
    {
        Write();
        Edit("config.json", root => root["vocab_size"] = 399);
        AssertRefused(ErrorCodes.ModelInvalid, "tokenizer.json");
        Assert.Contains("tokenizer.json", Assert.Throws<ModelException>(() => ModelDirectory.CheckText(_directory.Path)).Message);
        Assert.Throws<ModelException>(() => ModelDirectory.LoadDecoder(_directory.Path, CPU, tokenCount: 400));

        Edit("config.json", root => root["vocab_size"] = 401);
        AssertRefused(ErrorCodes.ModelInvalid, "config.json makes it [401");
    }

    [Fact]
    public void Rows_beyond_the_tokenizer_are_padding()
    {
        using CausalDecoder decoder = TestModels.Create(Config with { VocabularySize = Config.VocabularySize + 24 });
        ModelDirectory.Write(_directory.Path, decoder, ScalarType.Float32, TestTokenizers.Small, PromptTemplate.Default);

        using LanguageModel model = LanguageModel.Load(_directory.Path, CPU);

        Assert.Equal(Config.VocabularySize, model.Decoder.TokenCount);
        double[] logits = TestModels.Logits(model.Decoder, 1);
        Assert.All(logits[Config.VocabularySize..], logit => Assert.Equal(double.NegativeInfinity, logit));
        Assert.All(logits[..Config.VocabularySize], logit => Assert.True(double.IsFinite(logit)));
    }

    [Fact]
    public void Stop_tokens_come_from_both_configs()
    {
        Write();
        Edit("generation_config.json", root => root["eos_token_id"] = new JsonArray(9, 7));
        using (LanguageModel model = LanguageModel.Load(_directory.Path, CPU))
        {
            Assert.Equal(Config.EosTokenIds.Concat([7, 9]).Order(), model.StopTokenIds);
        }

        Edit("generation_config.json", root => root["eos_token_id"] = 400);
        AssertRefused(ErrorCodes.ModelInvalid, "generation_config.json");

        Edit("generation_config.json", root => root["eos_token_id"] = null);
        Edit("config.json", root => root["eos_token_id"] = null);
        AssertRefused(ErrorCodes.ModelInvalid, "eos_token_id");
    }

    [Fact]
    public void Advice_on_sampling_is_kept_and_what_is_not_followed_is_named()
    {
        GenerationConfig advice = new() { Sample = true, Temperature = 0.7, TopK = 20, TopP = 0.8, MinP = 0.05 };
        using (CausalDecoder decoder = TestModels.Create(Config))
        {
            ModelDirectory.Write(_directory.Path, decoder, ScalarType.BFloat16, TestTokenizers.Small, PromptTemplate.Default, advice);
        }

        Edit("generation_config.json", root => root["repetition_penalty"] = 1.1);
        using LanguageModel model = LanguageModel.Load(_directory.Path, CPU);

        Assert.Equal(advice with { EosTokenIds = model.Generation.EosTokenIds, IgnoredFields = model.Generation.IgnoredFields }, model.Generation);
        Assert.Equal(["repetition_penalty"], model.Generation.IgnoredFields);
        Assert.Equal(Config.EosTokenIds, model.Generation.EosTokenIds);
    }

    [Theory]
    [InlineData("temperature", "-1")]
    [InlineData("temperature", "\"warm\"")]
    [InlineData("top_p", "1.5")]
    [InlineData("top_k", "-3")]
    [InlineData("do_sample", "1")]
    public void Impossible_advice_is_refused(string field, string value)
    {
        Write();
        Edit("generation_config.json", root => root[field] = JsonNode.Parse(value));

        AssertRefused(ErrorCodes.ModelInvalid, field);
        Assert.Throws<ModelException>(() => ModelDirectory.CheckText(_directory.Path));
    }

    private void Write()
    {
        using CausalDecoder decoder = TestModels.Create(Config);
        ModelDirectory.Write(_directory.Path, decoder, ScalarType.BFloat16, TestTokenizers.Small, PromptTemplate.Default);
    }

    private void Edit(string name, Action<JsonNode> change)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(_directory.File(name)))!;
        change(root);
        File.WriteAllText(_directory.File(name), root.ToJsonString());
    }

    private void AssertWeightsRefused(string tensor, Action<Dictionary<string, Tensor>> change)
    {
        string file = _directory.File("model.safetensors");
        byte[] saved = File.ReadAllBytes(file);
        Rewrite(change);
        AssertRefused(ErrorCodes.ModelInvalid, $"'{tensor}'");
        File.WriteAllBytes(file, saved);
    }

    private void Rewrite(Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        string file = _directory.File("model.safetensors");
        Dictionary<string, Tensor> weights = new(Safetensors.Read(file, CPU));
        scope.Attach(weights.Values);
        change(weights);
        using FileStream stream = File.Create(file);
        Safetensors.Write(stream, weights);
    }

    private void AssertRefused(string code, string named)
    {
        ModelException error = Assert.Throws<ModelException>(() => LanguageModel.Load(_directory.Path, CPU).Dispose());

        Assert.Equal(code, error.Code);
        Assert.Contains(named, error.Message);
        Assert.NotEmpty(error.Remedy);
    }
}
