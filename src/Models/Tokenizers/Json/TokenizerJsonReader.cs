using System.Text.Json;
using Reflux.Models.Json;
using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;
using Reflux.Models.Tokenizers.Decoding;

namespace Reflux.Models.Tokenizers.Json;

/// <summary>Reads the BPE form of <c>tokenizer.json</c> and refuses, by name, whatever would change the ids and isn't done here.</summary>
internal static class TokenizerJsonReader
{
    private const int MaximumId = (1 << 22) - 1;

    public static TokenizerDefinition Read(string file) => Read(JsonFields.Read(file));

    public static TokenizerDefinition Read(JsonFields root)
    {
        root.OnlyThese("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        root.OnlyNull("truncation", "padding");
        JsonFields model = root.Object("model");
        model.OnlyText("type", "BPE");
        model.OnlyThese(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        model.OnlyNull("dropout", "continuing_subword_prefix", "end_of_word_suffix");

        var preTokenizer = PreTokenizerJson.Read(root);
        TokenDecoder decoder = DecoderJson.Read(root, preTokenizer.IsByteLevel);
        BpeOptions options = ReadOptions(model, preTokenizer.IsByteLevel);
        if (options.ByteFallback && decoder is not TokenDecoder.SentencePiece { Bytes: true })
        {
            throw root.Unsupported("byte_fallback without a ByteFallback decoder");
        }

        SortedDictionary<int, string> tokens = ReadVocabulary(model);
        List<AddedToken> added = ReadAddedTokens(root, tokens);
        if (tokens.Count == 0 || tokens.Keys.Last() != tokens.Count - 1)
        {
            throw root.Unsupported("a vocabulary whose ids have gaps");
        }

        TokenizerDefinition definition = new(
            [.. tokens.Values], added, ReadMerges(model), options, NormalizerJson.Read(root), preTokenizer, PostProcessorJson.Read(root, tokens.Count), decoder);
        return TokenizerChecks.FindFault(definition) is { } fault ? throw root.Invalid(fault) : definition;
    }

    private static BpeOptions ReadOptions(JsonFields model, bool isByteLevel)
    {
        bool byteFallback = model.Flag("byte_fallback", false);
        if (isByteLevel && byteFallback)
        {
            throw model.Unsupported("'model.byte_fallback' with a ByteLevel pre_tokenizer");
        }

        return new BpeOptions(
            model.Flag("ignore_merges", false), byteFallback, model.Has("unk_token") ? model.Text("unk_token") : null, model.Flag("fuse_unk", false));
    }

    private static SortedDictionary<int, string> ReadVocabulary(JsonFields model)
    {
        JsonFields vocabulary = model.Object("vocab");
        SortedDictionary<int, string> tokens = [];
        foreach (string token in vocabulary.Names)
        {
            int id = vocabulary.Integer(token, 0, MaximumId);
            if (!tokens.TryAdd(id, token))
            {
                throw model.Invalid($"id {id} belongs to two tokens of the vocabulary");
            }
        }

        return tokens;
    }

    private static List<AddedToken> ReadAddedTokens(JsonFields root, SortedDictionary<int, string> tokens)
    {
        SortedDictionary<int, AddedToken> added = [];
        HashSet<string> known = [.. tokens.Values];
        foreach (JsonFields entry in root.Has("added_tokens") ? root.Objects("added_tokens") : [])
        {
            entry.OnlyThese("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            int id = entry.Integer("id", 0, MaximumId);
            string content = entry.Text("content");
            if (content.Length == 0)
            {
                throw root.Invalid($"the added token {id} is empty");
            }

            bool isSpecial = entry.Flag("special", false);
            bool inVocabulary = tokens.TryGetValue(id, out string? existing);
            AddedToken token = new(
                id, content, isSpecial, entry.Flag("single_word", false), entry.Flag("lstrip", false), entry.Flag("rstrip", false),
                entry.Flag("normalized", !isSpecial), inVocabulary);
            if (!added.TryAdd(id, token))
            {
                throw root.Invalid($"the added token {id} appears twice");
            }

            if (inVocabulary ? existing != content : !known.Add(content))
            {
                throw root.Invalid($"the added token {id} contradicts the vocabulary");
            }

            tokens[id] = content;
        }

        return [.. added.Values];
    }

    private static List<(string, string)> ReadMerges(JsonFields model)
    {
        List<(string, string)> merges = [];
        foreach (JsonElement merge in model.Array("merges"))
        {
            // both spellings in the wild: "a b" and ["a", "b"]
            string[] parts = merge.ValueKind switch
            {
                JsonValueKind.String => model.TextOf(merge).Split(' '),
                JsonValueKind.Array when merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) =>
                    [.. merge.EnumerateArray().Select(model.TextOf)],
                _ => [],
            };
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
            {
                throw model.Invalid($"merge {merges.Count} is not a pair of tokens");
            }

            merges.Add((parts[0], parts[1]));
        }

        return merges;
    }
}
