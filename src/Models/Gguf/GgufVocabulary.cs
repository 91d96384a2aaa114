using Reflux.Models.Tokenizers;
using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;

namespace Reflux.Models.Gguf;

/// <summary>A tokenizer as llama.cpp reads it from a GGUF file.</summary>
internal static class GgufVocabulary
{
    // llama.cpp's kinds of token
    private enum TokenType
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        UserDefined = 4,
        Unused = 5,
        Byte = 6,
    }

    /// <returns>In which texts llama.cpp's ids differ from ours.</returns>
    /// <exception cref="ModelException">llama.cpp can't read texts as this tokenizer does, or can't stop where this model does.</exception>
    public static IReadOnlyList<string> Describe(GgufMetadata metadata, LanguageModel model, string source)
    {
        (TokenizerDefinition definition, ModelConfig config) = (model.Tokenizer.Definition, model.Config);
        GgufTokenizerModel kind = GgufTokenizerModel.Of(definition, source);
        metadata.Add("tokenizer.ggml.model", kind.Model);
        metadata.Add("tokenizer.ggml.pre", kind.PreTokenizer);

        // rows behind the last token are padding; llama.cpp wants a name for each
        IEnumerable<int> padding = Enumerable.Range(definition.Tokens.Count, config.VocabularySize - definition.Tokens.Count);
        metadata.Add("tokenizer.ggml.tokens", (string[])[.. definition.Tokens, .. padding.Select(id => $"[PAD{id}]")]);
        metadata.Add("tokenizer.ggml.token_type", (int[])[.. TypesOf(definition).Select(type => (int)type), .. padding.Select(_ => (int)TokenType.Unused)]);
        if (kind.Scores is { } scores)
        {
            metadata.Add("tokenizer.ggml.scores", (float[])[.. scores, .. padding.Select(_ => 0f)]);
            metadata.Add("tokenizer.ggml.add_space_prefix", kind.AddsSpacePrefix);
        }
        else
        {
            metadata.Add("tokenizer.ggml.merges", (string[])[.. definition.Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
        }

        DescribeSpecialTokens(metadata, definition, config, StopTokens(model), source);
        return kind.Differences;
    }

    /// <summary>All stop tokens; first the one that templates call the end.</summary>
    private static int[] StopTokens(LanguageModel model)
    {
        IEnumerable<int> all = model.Config.EosTokenIds.Union(model.StopTokenIds);
        int? end = model.TokenNames.Eos is { } name ? model.Tokenizer.IdOf(name) : null;
        return [.. all.OrderByDescending(id => id == end)];
    }

    private static IEnumerable<TokenType> TypesOf(TokenizerDefinition definition)
    {
        Dictionary<int, AddedToken> added = definition.Added.ToDictionary(token => token.Id);
        return definition.Tokens.Select((token, id) =>
            token == definition.Options.UnknownToken ? TokenType.Unknown
            : added.TryGetValue(id, out AddedToken? found) ? (found.Special ? TokenType.Control : TokenType.UserDefined)
            : definition.Options.ByteFallback && ByteTokens.TryParse(token, out _) ? TokenType.Byte
            : TokenType.Normal);
    }

    private static void DescribeSpecialTokens(GgufMetadata metadata, TokenizerDefinition definition, ModelConfig config, int[] stops, string source)
    {
        (IReadOnlyList<int> before, IReadOnlyList<int> after) = (definition.PostProcessor.Before, definition.PostProcessor.After);
        if (before.Count > 1 || after.Count > 1 || (after.Count == 1 && after[0] != stops[0]))
        {
            throw ModelException.Unsupported(source, "a GGUF file can put only one token in front of a text and its end token behind it; this tokenizer's post_processor does something else", GgufArchitecture.HuggingFace);
        }

        // llama.cpp stops at each of these; their own names say where in a conversation they stand, which makes no difference
        string[] names = ["eos", "eot", "eom"];
        if (stops.Length > names.Length)
        {
            throw ModelException.Unsupported(
                source, $"a GGUF file names at most {names.Length} stop tokens, this model has {stops.Length}", "Leave out of eos_token_id what never ends an answer, in a copy of the model.");
        }

        foreach ((string name, int id) in names.Zip(stops))
        {
            metadata.Add($"tokenizer.ggml.{name}_token_id", id);
        }

        int? unknown = definition.Options.UnknownToken is { } token ? definition.Tokens.ToList().IndexOf(token) : null;
        foreach ((string name, int? id) in ((string, int?)[])[("bos", before.Count == 1 ? before[0] : config.BosTokenId), ("padding", config.PadTokenId), ("unknown", unknown)])
        {
            if (id is { } known)
            {
                metadata.Add($"tokenizer.ggml.{name}_token_id", known);
            }
        }

        metadata.Add("tokenizer.ggml.add_bos_token", before.Count == 1);
        metadata.Add("tokenizer.ggml.add_eos_token", after.Count == 1);
    }
}
