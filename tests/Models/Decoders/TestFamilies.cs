namespace Reflux.Models.Tests.Decoders;

/// <summary>One tiny model of each family and odd shape.</summary>
internal static class TestFamilies
{
    public static IReadOnlyDictionary<string, ModelConfig> All { get; } = new SortedDictionary<string, ModelConfig>(StringComparer.Ordinal)
    {
        ["llama"] = TestModels.Tiny,
        ["llama-biased"] = TestModels.Tiny with { QueryKeyValueBias = true, OutputBias = true },
        ["llama-scaled-tied"] = TestModels.Tiny with { TieWordEmbeddings = true, RopeScaling = new Llama3RopeScaling(8, 1, 4, 64) },
        ["mistral"] = TestModels.Tiny with { Family = ModelFamily.Mistral, KeyValueHeads = 1, SlidingWindow = 4 },
        ["qwen2"] = TestModels.Tiny with { Family = ModelFamily.Qwen2, QueryKeyValueBias = true },
        ["qwen2-windowed"] = TestModels.Tiny with { Family = ModelFamily.Qwen2, QueryKeyValueBias = true, SlidingWindow = 3, FirstWindowedLayer = 1 },
        ["qwen3"] = TestModels.Tiny with { Family = ModelFamily.Qwen3, QueryKeyNorm = true, HeadDim = 10, TieWordEmbeddings = true },
        ["qwen3-biased"] = TestModels.Tiny with { Family = ModelFamily.Qwen3, QueryKeyNorm = true, QueryKeyValueBias = true, OutputBias = true },
    };

    public static TheoryData<string> Names { get; } = [.. All.Keys];
}
