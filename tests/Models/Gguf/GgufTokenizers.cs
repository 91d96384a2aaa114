using Reflux.Models.Tests.Tokenizers;
using Reflux.Models.Tokenizers;

namespace Reflux.Models.Tests.Gguf;

/// <summary>A small tokenizer of each family's configuration.</summary>
internal static class GgufTokenizers
{
    public static Tokenizer Create(TokenizerStyle style)
    {
        Tokenizer trained = BpeTrainer.Train(TestTokenizers.Corpus, 500, ["<unk>", "<s>", .. PromptTemplate.SpecialTokens], style, beginToken: "<s>");
        return trained.Definition.PreTokenizer.IsByteLevel ? trained : new Tokenizer(WithEveryMerge(trained.Definition));
    }

    /// <summary>A token's every way to be put together from two, in the order of tokens, as files made from SentencePiece's models have them.</summary>
    private static TokenizerDefinition WithEveryMerge(TokenizerDefinition definition)
    {
        HashSet<string> tokens = [.. definition.Tokens];
        HashSet<string> made = [.. definition.Merges.Select(merge => merge.Left + merge.Right)];
        return definition with
        {
            Merges =
            [
                .. definition.Tokens.Where(made.Contains).SelectMany(token => Enumerable.Range(1, token.Length - 1)
                    .Where(at => tokens.Contains(token[..at]) && tokens.Contains(token[at..]))
                    .Select(at => (token[..at], token[at..]))),
            ],
        };
    }
}
