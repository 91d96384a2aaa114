using Reflux.Models.Tokenizers;

namespace Reflux.Models.Tests.Tokenizers;

internal static class TestTokenizers
{
    public static IReadOnlyList<string> Corpus { get; } =
    [
        .. Enumerable.Range(0, 200).Select(i => $"my order {i * 7919 % 1000} has not arrived, please help me with the delivery"),
        .. Enumerable.Range(0, 100).Select(i => $"it's broken again: the screen flickers and I'd like a refund for order {i}"),
    ];

    public static Tokenizer Small { get; } = BpeTrainer.Train(Corpus, 400, PromptTemplate.SpecialTokens);
}
