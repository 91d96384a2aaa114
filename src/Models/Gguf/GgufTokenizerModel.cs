using Reflux.Models.Tokenizers;
using Reflux.Models.Tokenizers.Bpe;
using Reflux.Models.Tokenizers.Normalizers;
using Reflux.Models.Tokenizers.PreTokenizers;

namespace Reflux.Models.Gguf;

/// <summary>Which of llama.cpp's ways to read a text is a tokenizer's.</summary>
/// <param name="Model">Its name for the way: <c>gpt2</c> merges bytes by rank, <c>llama</c> merges characters by score.</param>
/// <param name="PreTokenizer">Its name for the pre-tokeniser.</param>
/// <param name="Scores">Of each token where there are no merges.</param>
/// <param name="AddsSpacePrefix">Whether a space is written in front of a text.</param>
/// <param name="Differences">In which texts its ids differ from ours.</param>
internal sealed record GgufTokenizerModel(string Model, string PreTokenizer, float[]? Scores, bool AddsSpacePrefix, IReadOnlyList<string> Differences)
{
    private const char Space = '\u2581';

    /// <exception cref="ModelException">It is none of them.</exception>
    public static GgufTokenizerModel Of(TokenizerDefinition definition, string source) =>
        definition.PreTokenizer.IsByteLevel ? OfBytes(definition, source) : OfCharacters(definition, source);

    private static GgufTokenizerModel OfBytes(TokenizerDefinition definition, string source)
    {
        PieceScanner[] scanners = [.. definition.PreTokenizer.Scanners];
        string name = scanners switch
        {
            [var only] when only == Gpt2Splitter.NextLength => "gpt-2",
            [var digits, var words] when digits == DigitSplitter.NextSingleLength && words == Gpt2Splitter.NextLength => "smollm",
            [var only] when only == Llama3Splitter.NextLlama3Length => "llama-bpe",
            [var only] when only == Llama3Splitter.NextQwenLength => "qwen2",
            _ => throw Unsupported(source, "pre_tokenizer"),
        };

        // llama.cpp ties this to the pre-tokeniser
        if (definition.Options.IgnoreMerges != (name == "llama-bpe"))
        {
            throw Unsupported(source, $"pre_tokenizer together with 'ignore_merges': {(definition.Options.IgnoreMerges ? "true" : "false")}");
        }

        string[] normalization = definition.Normalizer.Steps switch
        {
            [] => [],
            [NormalizerStep.Compose] => ["llama.cpp does not normalise: a text that is not in Unicode's Normalization Form C gets other ids there"],
            _ => throw Unsupported(source, "normalizer"),
        };
        int lacking = Enumerable.Range(0, 256).Select(value => ByteAlphabet.LetterOf((byte)value).ToString()).Except(definition.Tokens).Count();
        string[] unknown = lacking == 0 ? [] : [$"the vocabulary lacks {lacking} bytes: a text with one of them may get other ids in llama.cpp, which always leaves it out"];
        return new GgufTokenizerModel("gpt2", name, null, AddsSpacePrefix: false, [.. normalization, .. unknown]);
    }

    private static GgufTokenizerModel OfCharacters(TokenizerDefinition definition, string source)
    {
        if (!definition.Options.ByteFallback || definition.Options.IgnoreMerges)
        {
            throw Unsupported(source, definition.Options.IgnoreMerges ? "'ignore_merges': true" : "'byte_fallback': false");
        }

        if (definition.PreTokenizer.Scanners.Count > 0 && !WordBoundary.IsSafe(definition))
        {
            throw Unsupported(source, "pre_tokenizer, which cuts at spaces that tokens reach over,");
        }

        (bool prefix, string[] differences) = (definition.Normalizer.Steps, definition.PreTokenizer.Metaspace) switch
        {
            ([NormalizerStep.Prepend { Prefix: "\u2581" }, NormalizerStep.Replace { Pattern: " ", Content: "\u2581" }], null) => (true, Array.Empty<string>()),
            ([NormalizerStep.Replace { Pattern: " ", Content: "\u2581" }], null) => (false, []),
            ([], { Replacement: Space, Prefix: MetaspacePrefix.Never }) => (false, []),
            ([], { Replacement: Space }) => (true, ["llama.cpp writes a space in front of every text: one that begins with a space gets an id more there"]),
            _ => throw Unsupported(source, "normalizer"),
        };
        return new GgufTokenizerModel("llama", "default", ScoresOf(definition, source), prefix, differences);
    }

    /// <summary>
    /// The order of merges as scores of what they make. That is the same only where all ways to put a token together from two have one rank: llama.cpp
    /// takes any of them.
    /// </summary>
    private static float[] ScoresOf(TokenizerDefinition definition, string source)
    {
        Dictionary<string, int> ids = definition.Tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id, StringComparer.Ordinal);
        float[] scores = new float[definition.Tokens.Count];
        int[] ways = new int[scores.Length];
        string? last = null;
        float score = 0;
        foreach ((string left, string right) in definition.Merges)
        {
            string made = left + right;
            score -= made == last ? 0 : 1;
            scores[ids[made]] = made == last || scores[ids[made]] == 0 ? score : throw Unsupported(source, $"order of merges (those that make token {ids[made]} are not together)");
            ways[ids[made]]++;
            last = made;
        }

        for (int id = 0; id < ways.Length; id++)
        {
            string token = definition.Tokens[id];
            if (ways[id] != Enumerable.Range(1, Math.Max(0, token.Length - 1)).Count(at => ids.ContainsKey(token[..at]) && ids.ContainsKey(token[at..])))
            {
                throw Unsupported(source, $"merges: llama.cpp would also merge other pairs of tokens to token {id}");
            }
        }

        return scores;
    }

    private static ModelException Unsupported(string source, string what) =>
        ModelException.Unsupported(source, $"llama.cpp can't read texts as this tokenizer does: {what}", GgufArchitecture.HuggingFace);
}
