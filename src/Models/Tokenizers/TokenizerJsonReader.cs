using System.Text.Json;
using Reflux.Models.Json;

namespace Reflux.Models.Tokenizers;

/// <summary>Reads the byte-level BPE form of <c>tokenizer.json</c> and refuses, by name, whatever would change the ids and isn't done here.</summary>
internal static class TokenizerJsonReader
{
    private const int MaximumId = (1 << 22) - 1;

    private static readonly HashSet<string> TopFields =
        ["version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"];

    private static readonly HashSet<string> ModelFields =
    [
        "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges",
        "vocab", "merges",
    ];

    private static readonly HashSet<string> ByteLevelFields = ["type", "add_prefix_space", "trim_offsets", "use_regex"];
    private static readonly HashSet<string> DigitsFields = ["type", "individual_digits"];
    private static readonly HashSet<string> SequenceFields = ["type", "pretokenizers"];
    private static readonly HashSet<string> AddedTokenFields = ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"];

    public static TokenizerDefinition Read(string file)
    {
        JsonFields root = JsonFields.Read(file);
        root.OnlyThese(TopFields);
        root.OnlyNull("normalizer", "truncation", "padding");
        bool separateDigits = ReadPreTokenizer(file, root);
        ReadByteLevel(root, "decoder", prefixSpaceMatters: false);
        if (root.Has("post_processor"))
        {
            ReadByteLevel(root, "post_processor", prefixSpaceMatters: false);
        }

        JsonFields model = root.Object("model");
        model.OnlyText("type", "BPE");
        model.OnlyThese(ModelFields);
        model.OnlyNull("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix");
        model.OnlyFlag("byte_fallback", false);
        model.OnlyFlag("ignore_merges", false);
        model.Flag("fuse_unk", false);

        SortedDictionary<int, string> tokens = ReadVocabulary(model);
        HashSet<int> special = ReadAddedTokens(file, root, tokens);
        if (tokens.Count == 0 || tokens.Keys.Last() != tokens.Count - 1)
        {
            throw root.Unsupported("a vocabulary whose ids have gaps");
        }

        TokenizerDefinition definition = new([.. tokens.Values], special, ReadMerges(model), separateDigits);
        return TokenizerChecks.FindFault(definition) is { } fault ? throw root.Invalid(fault) : definition;
    }

    private static bool ReadPreTokenizer(string file, JsonFields root)
    {
        JsonFields preTokenizer = root.Object("pre_tokenizer");
        if (preTokenizer.Text("type") != "Sequence")
        {
            ReadByteLevel(root, "pre_tokenizer", prefixSpaceMatters: true);
            return false;
        }

        preTokenizer.OnlyThese(SequenceFields);
        IReadOnlyList<JsonElement> steps = preTokenizer.Array("pretokenizers");
        if (steps.Count != 2)
        {
            throw root.Unsupported($"a pre_tokenizer sequence of {steps.Count} steps");
        }

        JsonFields digits = new(file, steps[0], "pre_tokenizer.pretokenizers[0]");
        digits.OnlyText("type", "Digits");
        digits.OnlyThese(DigitsFields);
        if (!digits.Flag("individual_digits", false))
        {
            throw root.Unsupported("'pre_tokenizer.pretokenizers[0].individual_digits': false");
        }

        CheckByteLevel(new JsonFields(file, steps[1], "pre_tokenizer.pretokenizers[1]"), prefixSpaceMatters: true);
        return true;
    }

    private static void ReadByteLevel(JsonFields root, string name, bool prefixSpaceMatters) => CheckByteLevel(root.Object(name), prefixSpaceMatters);

    private static void CheckByteLevel(JsonFields step, bool prefixSpaceMatters)
    {
        step.Text("type");
        step.OnlyText("type", "ByteLevel");
        step.OnlyThese(ByteLevelFields);
        if (prefixSpaceMatters)
        {
            // absent means true in this format
            if (!step.Has("add_prefix_space") || step.Flag("add_prefix_space", true))
            {
                throw step.Unsupported("'add_prefix_space': true");
            }

            step.OnlyFlag("use_regex", true);
        }
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

    private static HashSet<int> ReadAddedTokens(string file, JsonFields root, SortedDictionary<int, string> tokens)
    {
        HashSet<int> special = [];
        if (!root.Has("added_tokens"))
        {
            return special;
        }

        foreach (JsonElement element in root.Array("added_tokens"))
        {
            JsonFields added = new(file, element, $"added_tokens[{special.Count}]");
            added.OnlyThese(AddedTokenFields);
            int id = added.Integer("id", 0, MaximumId);
            string content = added.Text("content");
            if (content.Length == 0)
            {
                throw root.Invalid($"the added token {id} is empty");
            }

            if (!added.Flag("special", false))
            {
                throw root.Unsupported($"the added token {id}, which is not special,");
            }

            if (tokens.TryGetValue(id, out string? existing) ? existing != content : tokens.ContainsValue(content))
            {
                throw root.Invalid($"the added token {id} contradicts the vocabulary");
            }

            tokens[id] = content;
            if (!special.Add(id))
            {
                throw root.Invalid($"the added token {id} appears twice");
            }
        }

        return special;
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
