using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using TorchSharp;

namespace Reflux.Silo.Tests.Support;

/// <summary>Model directories of a few kilobytes.</summary>
internal static class TestModel
{
    /// <summary>A complete one: its teacher answers, if not sensibly.</summary>
    public static string Write(string directory, int maxPositions = 64, bool tied = true)
    {
        var tokenizer = Tokenizer();
        var config = Config(tokenizer, maxPositions) with { EosTokenIds = [tokenizer.IdOf(PromptTemplate.EndToken)!.Value], TieWordEmbeddings = tied };
        using var decoder = CausalDecoder.CreateFresh(config, 1, torch.CPU);
        ModelDirectory.Write(directory, decoder, torch.ScalarType.Float32, tokenizer, PromptTemplate.Default);
        return directory;
    }

    private static Tokenizer Tokenizer() => BpeTrainer.Train(["a parcel that never came", "a refund for the kettle"], 280, PromptTemplate.SpecialTokens);

    private static ModelConfig Config(Tokenizer tokenizer, int maxPositions) => new()
    {
        HiddenSize = 8,
        IntermediateSize = 16,
        Layers = 1,
        Heads = 2,
        KeyValueHeads = 1,
        HeadDim = 4,
        VocabularySize = tokenizer.VocabularySize,
        MaxPositions = maxPositions,
    };
}
