using Reflux.Models.Decoders;
using Reflux.Models.Gguf;
using Reflux.Models.Tests.Decoders;
using Reflux.Models.Tests.Tokenizers;
using Reflux.Models.Tokenizers;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Gguf;

public sealed class GgufFileTests
{
    [Theory]
    [InlineData(GgufType.F32, 0)]
    [InlineData(GgufType.F16, 1)]
    [InlineData(GgufType.BF16, 32)]
    [InlineData(GgufType.Q8, 7)]
    public void Every_tensor_comes_back(GgufType type, long fileType)
    {
        using GgufModels exported = new(GgufModels.Configs["llama"], ScalarType.Float32, type);
        GgufContent content = GgufContent.Read(File.ReadAllBytes(exported.File));

        Assert.Equal(fileType, content.Metadata["general.file_type"]);
        Assert.Equal(exported.Report.Bytes, new FileInfo(exported.File).Length);
        Assert.Equal(exported.Model.Decoder.Parameters.Keys.Select(GgufTensors.NameOf).Order(), content.Tensors.Keys.Order());
        foreach ((string name, var value) in exported.Model.Decoder.Parameters)
        {
            GgufContent.Entry stored = content.Tensors[GgufTensors.NameOf(name)];
            Assert.Equal(value.shape, stored.Shape);
            Assert.Equal(value.dim() == 1 ? GgufType.F32 : type, (GgufType)stored.Type);
            float[] expected = InOrder(exported.Model.Config, name, value.data<float>().ToArray());
            for (int i = 0; i < expected.Length; i++)
            {
                // half a step of the type: of its mantissa, or of the block's largest number over 127, whose scale is itself a rounded float16
                double step = stored.Type switch
                {
                    0 => 0,
                    1 => Math.Max(Math.Abs(expected[i]) * Math.ScaleB(1, -11), Math.ScaleB(1, -25)),
                    30 => Math.Abs(expected[i]) * Math.ScaleB(1, -8),
                    _ => expected[(i / 32 * 32)..((i / 32 * 32) + 32)].Max(MathF.Abs) * ((0.5 / 127) + Math.ScaleB(1, -11)),
                };
                Assert.True(Math.Abs(expected[i] - stored.Values[i]) <= step * 1.001, $"{name}[{i}]: {expected[i]} became {stored.Values[i]}");
            }
        }
    }

    [Fact]
    public void Shape_and_vocabulary_are_named_as_llama_cpp_reads_them()
    {
        using GgufModels exported = new(GgufModels.Configs["llama"], ScalarType.Float32, GgufType.F32);
        var metadata = GgufContent.Read(File.ReadAllBytes(exported.File)).Metadata;

        ModelConfig config = exported.Model.Config;
        Assert.Equal("llama", metadata["general.architecture"]);
        Assert.Equal((long)config.Layers, metadata["llama.block_count"]);
        Assert.Equal((long)config.MaxPositions, metadata["llama.context_length"]);
        Assert.Equal((long)config.KeyValueHeads, metadata["llama.attention.head_count_kv"]);
        Assert.Equal((long)config.HeadDim, metadata["llama.attention.key_length"]);
        Assert.Equal((double)(float)config.RmsNormEpsilon, metadata["llama.attention.layer_norm_rms_epsilon"]);
        Assert.Equal("gpt-2", metadata["tokenizer.ggml.pre"]);
        Assert.Equal(TestTokenizers.Small.Definition.Tokens, ((object[])metadata["tokenizer.ggml.tokens"]).Cast<string>());
        Assert.Equal(3L, ((object[])metadata["tokenizer.ggml.token_type"])[config.EosTokenIds[0]]);
        Assert.Equal((long)config.EosTokenIds[0], metadata["tokenizer.ggml.eos_token_id"]);
        Assert.Equal(exported.Model.Template.Jinja, metadata["tokenizer.chat_template"]);
    }

    [Fact]
    public void A_tied_head_is_left_out()
    {
        using GgufModels exported = new(GgufModels.Configs["llama"] with { TieWordEmbeddings = true }, ScalarType.Float32, GgufType.F16);

        Assert.DoesNotContain("output.weight", GgufContent.Read(File.ReadAllBytes(exported.File)).Tensors.Keys);
    }

    [Fact]
    public void Rows_that_no_block_divides_stay_f16_and_are_listed()
    {
        using GgufModels exported = new(GgufModels.Configs["llama"] with { IntermediateSize = 40 }, ScalarType.Float32, GgufType.Q8);
        var tensors = GgufContent.Read(File.ReadAllBytes(exported.File)).Tensors;

        Assert.Equal(["blk.0.ffn_down.weight", "blk.1.ffn_down.weight"], exported.Report.KeptF16);
        Assert.Equal(1u, tensors["blk.0.ffn_down.weight"].Type);
        Assert.Equal(8u, tensors["blk.0.ffn_up.weight"].Type);
    }

    [Fact]
    public void Llama_3_scaling_becomes_divisors_of_the_frequencies()
    {
        // wavelengths 2π·100^(i/16); 64 / 4 = 16 and 64 / 1 = 64 are where scaling begins and is complete
        ModelConfig config = GgufModels.Configs["llama"] with { RopeTheta = 100, RopeScaling = new Llama3RopeScaling(8, 1, 4, 64) };
        float[] divisors = [.. GgufTensors.Of(CausalDecoder.CreateFresh(config, 1, CPU), GgufType.F32).Single(tensor => tensor.Name == "rope_freqs.weight").Values().data<float>()];

        Assert.Equal(16, divisors.Length);
        Assert.All(Enumerable.Range(0, 16), i =>
        {
            double wavelength = 2 * Math.PI * Math.Pow(100, i / 16.0);
            double smooth = ((64 / wavelength) - 1) / 3;
            Assert.Equal(wavelength < 16 ? 1 : wavelength > 64 ? 8 : 1 / (((1 - smooth) / 8) + smooth), divisors[i], 1e-5);
        });
    }

    [Fact]
    public void A_number_beyond_float16_is_refused_with_the_tensor_named()
    {
        using GgufModels exported = new(GgufModels.Configs["llama"], ScalarType.Float32, GgufType.F32);
        exported.Model.Decoder.Parameters["model.layers.1.mlp.up_proj.weight"].narrow(0, 3, 1).fill_(1e6);

        ModelException error = Assert.Throws<ModelException>(() => GgufFile.Write(new MemoryStream(), exported.Model, GgufType.F16, "tiny"));

        Assert.Contains("blk.1.ffn_up.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("f32", error.Remedy, StringComparison.Ordinal);
        GgufFile.Write(new MemoryStream(), exported.Model, GgufType.BF16, "tiny");
    }

    [Fact]
    public void Writing_can_be_stopped()
    {
        using GgufModels exported = new(GgufModels.Configs["llama"], ScalarType.Float32, GgufType.F32);
        using MemoryStream stream = new();

        Assert.Throws<OperationCanceledException>(() => GgufFile.Write(stream, exported.Model, GgufType.F32, "tiny", new CancellationToken(canceled: true)));
        Assert.True(stream.Length < exported.Report.Bytes);
    }

    [Theory]
    [InlineData(ModelFamily.Mistral, "llama")]
    [InlineData(ModelFamily.Qwen2, "qwen2")]
    [InlineData(ModelFamily.Qwen3, "qwen3")]
    public void An_active_sliding_window_is_refused(ModelFamily family, string architecture)
    {
        ModelConfig config = GgufModels.Configs["qwen2"] with { Family = family, SlidingWindow = 128 };

        ModelException error = Assert.Throws<ModelException>(() => GgufArchitecture.NameOf(config, "tiny"));

        Assert.Contains($"'{architecture}' ignores it", error.Message, StringComparison.Ordinal);
        Assert.Contains("hf", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(architecture, GgufArchitecture.NameOf(config with { SlidingWindow = null }, "tiny"));
    }


    [Fact]
    public void What_else_llama_cpp_ignores_is_refused()
    {
        ModelConfig llama = GgufModels.Configs["llama-3"];
        foreach ((ModelConfig config, string expected) in ((ModelConfig, string)[])
        [
            (GgufModels.Configs["qwen2"] with { RopeScaling = llama.RopeScaling }, "rope_scaling"),
            (GgufModels.Configs["qwen2"] with { HeadDim = 64 }, "head_dim"),
            (GgufModels.Configs["qwen3"] with { QueryKeyValueBias = true, OutputBias = true }, "attention_bias"),
        ])
        {
            ModelException error = Assert.Throws<ModelException>(() => GgufArchitecture.NameOf(config, "tiny"));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_tokenizer_that_scores_can_not_express_is_refused()
    {
        // learned merges make each token in one way, llama.cpp would make it in all
        Tokenizer learned = BpeTrainer.Train(TestTokenizers.Corpus, 500, ["<unk>", "<s>", .. PromptTemplate.SpecialTokens], TokenizerStyle.Llama2);

        ModelException error = Assert.Throws<ModelException>(() => GgufTokenizerModel.Of(learned.Definition, "tiny"));

        Assert.Contains("would also merge", error.Message, StringComparison.Ordinal);
        GgufTokenizerModel complete = GgufTokenizerModel.Of(GgufTokenizers.Create(TokenizerStyle.Llama2).Definition, "tiny");
        Assert.Equal(("llama", true), (complete.Model, complete.AddsSpacePrefix));
    }

    [Fact]
    public void A_special_token_that_llama_cpp_would_make_of_a_users_text_is_refused()
    {
        TokenizerDefinition definition = GgufTokenizers.Create(TokenizerStyle.Llama2).Definition;
        string[] tokens = [.. definition.Tokens, "<s", ">"];

        ModelException error = Assert.Throws<ModelException>(() => GgufTokenizerModel.Of(definition with { Tokens = tokens }, "tiny"));

        Assert.Contains($"token {definition.Tokens.ToList().IndexOf("<s>")}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_llama_cpp_does_not_do_to_texts_is_said()
    {
        Assert.Contains("Normalization Form C", Assert.Single(GgufTokenizerModel.Of(GgufTokenizers.Create(TokenizerStyle.Qwen2).Definition, "tiny").Differences), StringComparison.Ordinal);
        TokenizerDefinition smol = GgufTokenizers.Create(TokenizerStyle.SmolLm2).Definition;
        Assert.Contains("lacks 1 bytes", Assert.Single(GgufTokenizerModel.Of(smol with { Tokens = [.. smol.Tokens.Select(token => token == "ñ" ? "ññ" : token)] }, "tiny").Differences), StringComparison.Ordinal);
        TokenizerDefinition llama3 = GgufTokenizers.Create(TokenizerStyle.Llama3).Definition;
        Assert.Equal("llama-bpe", GgufTokenizerModel.Of(llama3, "tiny").PreTokenizer);
        Assert.Throws<ModelException>(() => GgufTokenizerModel.Of(llama3 with { Options = llama3.Options with { IgnoreMerges = false } }, "tiny"));
    }

    // in every head the row of pair i, half h stands at 2i + h instead of h·d/2 + i
    private static float[] InOrder(ModelConfig config, string name, float[] values)
    {
        int heads = name.Contains("q_proj", StringComparison.Ordinal) ? config.Heads : name.Contains("k_proj", StringComparison.Ordinal) ? config.KeyValueHeads : 0;
        int width = heads == 0 ? 0 : values.Length / (heads * config.HeadDim);
        float[] ordered = [.. values];
        for (int head = 0; head < heads; head++)
        {
            for (int i = 0; i < config.HeadDim; i++)
            {
                int from = ((head * config.HeadDim) + (i % 2 * (config.HeadDim / 2)) + (i / 2)) * width;
                values.AsSpan(from, width).CopyTo(ordered.AsSpan(((head * config.HeadDim) + i) * width));
            }
        }

        return ordered;
    }
}
