using System.Security.Cryptography;
using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Models;
using Reflux.Models.Adapters;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>What a student begins as: its shape, its vocabulary and a name for its first weights.</summary>
internal sealed class StudentBase
{
    private readonly BaseModelSpec _spec;

    private StudentBase(BaseModelSpec spec, ModelConfig config, Tokenizer tokenizer, PromptTemplate template, GenerationConfig generation, string name) =>
        (_spec, Config, Tokenizer, Template, Generation, Name) = (spec, config, tokenizer, template, generation, name);

    public ModelConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    public PromptTemplate Template { get; }

    /// <summary>Stop tokens that <see cref="Config"/> may lack, and advice on sampling; snapshots pass both on.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>SHA-256 of the base's weights, or "fresh:" and the hash of the fresh model's spec.</summary>
    public string Name { get; }

    /// <exception cref="RefluxException">The base's directory is no model.</exception>
    public static StudentBase Load(BaseModelSpec spec)
    {
        if (spec.Fresh is { } fresh)
        {
            return LoadFresh(spec, fresh);
        }

        var directory = spec.Directory!;
        return new StudentBase(
            spec,
            ModelConfig.Load(directory),
            LoadTokenizer(directory),
            PromptTemplate.Load(directory),
            GenerationConfig.Load(directory),
            ModelDirectory.ComputeRevision(directory));
    }

    /// <summary>The base's weights in float32, with a fresh adapter attached where one is to be trained; both are the caller's. To be called on the compute thread.</summary>
    /// <exception cref="RefluxException">The base has no linear map of a target's name.</exception>
    public CausalDecoder CreateDecoder(Device device, LoraSpec? lora = null)
    {
        var decoder = CreateBase(device);
        if (lora is null)
        {
            return decoder;
        }

        try
        {
            var config = new LoraConfig
            {
                Rank = lora.Rank, Alpha = lora.Alpha, RankStabilized = lora.RankStabilized, TargetModules = lora.TargetModules, BaseModel = Name,
            };
            decoder.Attach(LoraAdapter.CreateFresh(config, decoder, lora.Seed));
            return decoder;
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    private CausalDecoder CreateBase(Device device)
    {
        if (_spec.Fresh is { } fresh)
        {
            return CausalDecoder.CreateFresh(Config, fresh.Seed, device);
        }

        return ModelDirectory.LoadDecoder(_spec.Directory!, device, tokenCount: Tokenizer.VocabularySize);
    }

    private static StudentBase LoadFresh(BaseModelSpec spec, FreshModelSpec fresh)
    {
        var source = ModelConfig.Load(fresh.TokenizerFrom);
        var tokenizer = LoadTokenizer(fresh.TokenizerFrom);
        var template = PromptTemplate.Load(fresh.TokenizerFrom);
        // a fresh student takes only the numbers of the vocabulary from there, and none of the teacher's family options
        var config = source with
        {
            Family = ModelFamily.Llama,
            RopeScaling = null,
            QueryKeyValueBias = false,
            OutputBias = false,
            QueryKeyNorm = false,
            SlidingWindow = null,
            FirstWindowedLayer = 0,
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = fresh.HiddenSize,
            IntermediateSize = fresh.IntermediateSize,
            Layers = fresh.Layers,
            Heads = fresh.Heads,
            KeyValueHeads = fresh.KeyValueHeads,
            HeadDim = fresh.HiddenSize / fresh.Heads,
            MaxPositions = fresh.MaxPositions,
            TieWordEmbeddings = true,
        };

        // the path of the tokenizer is left out: the same files elsewhere are the same base
        var identity = JsonSerializer.SerializeToUtf8Bytes(fresh with { TokenizerFrom = tokenizer.Hash }, RefluxJson.Options);
        var name = $"fresh:{Convert.ToHexStringLower(SHA256.HashData(identity))}";
        return new StudentBase(spec, config, tokenizer, template, GenerationConfig.Load(fresh.TokenizerFrom), name);
    }

    private static Tokenizer LoadTokenizer(string directory) => Tokenizer.Load(Path.Combine(directory, "tokenizer.json"));
}
