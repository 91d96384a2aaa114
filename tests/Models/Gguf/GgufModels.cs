using Reflux.Models.Decoders;
using Reflux.Models.Gguf;
using Reflux.Models.Tests.Tokenizers;
using Reflux.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Gguf;

/// <summary>A tiny model in a directory and as a GGUF file; both vanish with it.</summary>
internal sealed class GgufModels : IDisposable
{
    private static readonly ModelConfig Base = new()
    {
        HiddenSize = 64,
        IntermediateSize = 96,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 32,
        VocabularySize = TestTokenizers.Small.VocabularySize,
        MaxPositions = 256,
        RmsNormEpsilon = 1e-5,
        RopeTheta = 10_000,
        EosTokenIds = [TestTokenizers.Small.IdOf(PromptTemplate.EndToken)!.Value],
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("reflux-gguf-").FullName;

    public GgufModels(ModelConfig config, ScalarType dtype, GgufType type, Tokenizer? tokenizer = null)
    {
        tokenizer ??= TestTokenizers.Small;
        using (CausalDecoder decoder = Create(config with { EosTokenIds = [tokenizer.IdOf(PromptTemplate.EndToken)!.Value] }))
        {
            ModelDirectory.Write(_directory, decoder, dtype, tokenizer, PromptTemplate.Default);
        }

        Model = LanguageModel.Load(_directory, CPU);
        using FileStream stream = System.IO.File.Create(File);
        Report = GgufFile.Write(stream, Model, type, "tiny");
    }

    /// <summary>One of every architecture, with what is special to it.</summary>
    public static IReadOnlyDictionary<string, ModelConfig> Configs { get; } = new Dictionary<string, ModelConfig>
    {
        ["llama"] = Base,
        ["llama-3"] = Base with
        {
            QueryKeyValueBias = true,
            OutputBias = true,
            RopeTheta = 500,
            RopeScaling = new Llama3RopeScaling(8, 1, 4, 32),
        },
        ["mistral"] = Base with { Family = ModelFamily.Mistral, KeyValueHeads = 1, TieWordEmbeddings = true },
        ["qwen2"] = Base with { Family = ModelFamily.Qwen2, Heads = 2, KeyValueHeads = 1, QueryKeyValueBias = true },
        ["qwen3"] = Base with { Family = ModelFamily.Qwen3, QueryKeyNorm = true },
    };

    public LanguageModel Model { get; }

    public GgufReport Report { get; }

    public string File => Path.Combine(_directory, "model.gguf");

    /// <summary>Fresh weights of a seed, untied heads included; norms and biases are random too, so that they take part.</summary>
    private static CausalDecoder Create(ModelConfig config)
    {
        using Generator generator = new(11, CPU);
        CausalDecoder decoder = CausalDecoder.CreateFresh(config, seed: 11, CPU);
        foreach (Tensor vector in decoder.Parameters.Values.Where(value => value.dim() == 1))
        {
            using var scope = NewDisposeScope();
            vector.add_(empty(vector.shape).normal_(0, 0.3, generator));
        }

        return decoder;
    }

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
