using System.Text.Json.Nodes;
using Reflux.Contracts.Errors;
using Reflux.Models.Adapters;
using Reflux.Models.Decoders;
using Reflux.Models.Tests.Decoders;
using Reflux.Models.Weights;
using Reflux.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Adapters;

public sealed class PeftDirectoryTests : IDisposable
{
    private static readonly LoraConfig Config = new() { Rank = 2, Alpha = 6, TargetModules = ["q_proj", "gate_proj"], BaseModel = "our/base" };

    private readonly TemporaryDirectory _directory = new();
    private readonly CausalDecoder _decoder = TestModels.Create(TestModels.Tiny);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_again(bool pattern)
    {
        LoraConfig config = pattern ? Config with { TargetModules = [], TargetPattern = @"model\.layers\.1\.mlp\..*", RankStabilized = true, Alpha = 1.5 } : Config;
        using LoraAdapter adapter = Write(config);

        using LoraAdapter read = PeftDirectory.Load(_directory.Path, _decoder, "our/base/");

        Assert.Equal(config.TargetModules, read.Config.TargetModules);
        Assert.Equal(config with { TargetModules = [] }, read.Config with { TargetModules = [] });
        Assert.Equal(adapter.Parameters.Keys, read.Parameters.Keys);
        Assert.All(adapter.Parameters, parameter => Assert.Equal(TestModels.Values(parameter.Value), TestModels.Values(read.Parameters[parameter.Key])));
    }

    [Fact]
    public void Names_are_those_of_peft()
    {
        using LoraAdapter adapter = Write(Config);
        using var scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> tensors = Safetensors.Read(InDirectory(PeftDirectory.WeightsFile), CPU);
        scope.Attach(tensors.Values);

        Assert.Equal([2, 12], tensors["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"].shape);
        Assert.Equal([24, 2], tensors["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"].shape);
        Assert.Equal([20, 2], tensors["base_model.model.model.layers.1.mlp.gate_proj.lora_B.weight"].shape);
        Assert.Equal(8, tensors.Count);
    }

    [Fact]
    public void A_config_as_peft_writes_it_is_read()
    {
        using LoraAdapter adapter = Write(Config);
        File.WriteAllText(InDirectory(PeftDirectory.ConfigFile), """
            {
              "alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "our/base", "bias": "none", "corda_config": null, "eva_config": null,
              "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true, "layer_replication": null,
              "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 6, "lora_bias": false, "lora_dropout": 0.05,
              "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null, "peft_type": "LORA", "qalora_group_size": 16, "r": 2,
              "rank_pattern": {}, "revision": null, "target_modules": ["gate_proj", "q_proj"], "target_parameters": null, "task_type": "CAUSAL_LM",
              "trainable_token_indices": null, "use_dora": false, "use_qalora": false, "use_rslora": false
            }
            """);

        using LoraAdapter read = PeftDirectory.Load(_directory.Path, _decoder);

        Assert.Equal(adapter.Modules, read.Modules);
        Assert.Equal(3, read.Config.Scale);
    }

    [Theory]
    [InlineData("use_dora", "true")]
    [InlineData("fan_in_fan_out", "true")]
    [InlineData("rank_pattern", """{"q_proj": 4}""")]
    [InlineData("alpha_pattern", """{"q_proj": 4}""")]
    [InlineData("modules_to_save", """["lm_head"]""")]
    [InlineData("layers_to_transform", "[0]")]
    [InlineData("layers_to_transform", "0")]
    [InlineData("bias", "\"all\"")]
    [InlineData("peft_type", "\"IA3\"")]
    [InlineData("task_type", "\"SEQ_CLS\"")]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("a_field_of_the_future", "1")]
    public void What_would_change_numbers_is_refused_by_name(string field, string value)
    {
        using LoraAdapter adapter = Write(Config);
        Change(field, value);

        ModelException refusal = Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, _decoder));

        Assert.Equal(ErrorCodes.ModelUnsupported, refusal.Code);
        Assert.Contains($"'{field}'", refusal.Message);
    }

    [Theory]
    [InlineData("r", "3")]
    [InlineData("r", "0")]
    [InlineData("r", "null")]
    [InlineData("lora_alpha", "0")]
    [InlineData("lora_alpha", "null")]
    [InlineData("target_modules", """["q_proj"]""")]
    [InlineData("target_modules", """["q_proj", "gate_proj", "up_proj"]""")]
    [InlineData("target_modules", """["q_proj", "gate_proj", "c_attn"]""")]
    [InlineData("target_modules", """["q_proj", 4]""")]
    [InlineData("target_modules", "\"(\"")]
    [InlineData("target_modules", "7")]
    public void What_contradicts_the_tensors_or_the_base_is_refused(string field, string value)
    {
        using LoraAdapter adapter = Write(Config);
        Change(field, value);

        Assert.Equal(ErrorCodes.ModelInvalid, Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, _decoder)).Code);
    }

    [Fact]
    public void An_adapter_for_another_base_is_refused()
    {
        using LoraAdapter adapter = Write(Config);
        using CausalDecoder wider = TestModels.Create(TestModels.Tiny with { HiddenSize = 14 });
        using CausalDecoder deeper = TestModels.Create(TestModels.Tiny with { Layers = 3 });

        Assert.Contains("our/base", Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, _decoder, "another/base")).Message);
        Assert.Contains("lora_A", Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, wider)).Message);
        Assert.Contains("layers.2", Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, deeper)).Message);
    }

    [Fact]
    public void Missing_files_and_pickles_are_refused()
    {
        Assert.Equal(ErrorCodes.ModelInvalid, Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, _decoder)).Code);
        using LoraAdapter adapter = Write(Config);
        File.Delete(InDirectory(PeftDirectory.WeightsFile));
        Assert.Equal(ErrorCodes.ModelInvalid, Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, _decoder)).Code);
        File.WriteAllBytes(InDirectory("adapter_model.bin"), [1, 2, 3]);
        Assert.Equal(ErrorCodes.ModelUnsupported, Assert.Throws<ModelException>(() => PeftDirectory.Load(_directory.Path, _decoder)).Code);
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_refused()
    {
        using LoraAdapter adapter = LoraAdapter.CreateFresh(Config, _decoder, 1);
        string file = InDirectory("file");
        File.WriteAllText(file, "");

        Assert.Equal(ErrorCodes.ModelInvalid, Assert.Throws<ModelException>(() => PeftDirectory.Write(Path.Combine(file, "adapter"), adapter)).Code);
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _directory.Dispose();
    }

    private LoraAdapter Write(LoraConfig config)
    {
        LoraAdapter adapter = LoraAdapterTests.Filled(_decoder, config);
        PeftDirectory.Write(_directory.Path, adapter);
        return adapter;
    }

    private void Change(string field, string value)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(InDirectory(PeftDirectory.ConfigFile)))!;
        root[field] = JsonNode.Parse(value);
        File.WriteAllText(InDirectory(PeftDirectory.ConfigFile), root.ToJsonString());
    }

    private string InDirectory(string name) => Path.Combine(_directory.Path, name);
}
