using Reflux.Models.Tokenizers;

namespace Reflux.Models.Gguf;

/// <summary>A tokenizer as llama.cpp reads it from a GGUF file.</summary>
internal static class GgufVocabulary
{
    // llama.cpp's kinds of token
    private enum TokenType
    {
        Normal = 1,
        Control = 3,
        Unused = 5,
    }

    /// <exception cref="ModelException">It has more stop tokens than the file has names for.</exception>
    public static void Describe(GgufMetadata metadata, LanguageModel model, string source)
    {
        (Tokenizer tokenizer, ModelConfig config) = (model.Tokenizer, model.Config);
        TokenizerDefinition definition = tokenizer.Definition;
        metadata.Add("tokenizer.ggml.model", "gpt2");
        metadata.Add("tokenizer.ggml.pre", definition.SeparateDigits ? "smollm" : "gpt-2");

        // rows behind the last token are padding; llama.cpp wants a name for each
        IEnumerable<int> padding = Enumerable.Range(definition.Tokens.Count, config.VocabularySize - definition.Tokens.Count);
        metadata.Add("tokenizer.ggml.tokens", (string[])[.. definition.Tokens, .. padding.Select(id => $"[PAD{id}]")]);
        metadata.Add("tokenizer.ggml.token_type", (int[])
        [
            .. definition.Tokens.Select((_, id) => (int)(tokenizer.IsSpecial(id) ? TokenType.Control : TokenType.Normal)),
            .. padding.Select(_ => (int)TokenType.Unused),
        ]);
        metadata.Add("tokenizer.ggml.merges", (string[])[.. definition.Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
        DescribeSpecialTokens(metadata, config, [.. config.EosTokenIds.Union(model.StopTokenIds)], source);
    }

    private static void DescribeSpecialTokens(GgufMetadata metadata, ModelConfig config, int[] stops, string source)
    {
        if (config.BosTokenId is { } bos)
        {
            metadata.Add("tokenizer.ggml.bos_token_id", bos);
        }

        // llama.cpp stops at each of these; their own names say where in a conversation they stand, which makes no difference
        string[] names = ["eos", "eot", "eom"];
        if (stops.Length > names.Length)
        {
            throw ModelException.Unsupported(source, $"a GGUF file names at most {names.Length} stop tokens, this model has {stops.Length}", "Leave out of eos_token_id what never ends an answer, in a copy of the model.");
        }

        foreach ((string name, int id) in names.Zip(stops))
        {
            metadata.Add($"tokenizer.ggml.{name}_token_id", id);
        }

        if (config.PadTokenId is { } pad)
        {
            metadata.Add("tokenizer.ggml.padding_token_id", pad);
        }

        metadata.Add("tokenizer.ggml.add_bos_token", false);
        metadata.Add("tokenizer.ggml.add_eos_token", false);
    }
}
