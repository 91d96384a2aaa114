using System.Text;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// Learns a byte-level BPE vocabulary: special tokens first, then the 256 bytes, then one token per merge of the most frequent pair
/// (equal counts: the smaller ids), so the same texts give the same tokenizer. Source: Sennrich et al. 2016, over bytes as in GPT-2.
/// </summary>
public static class BpeTrainer
{
    private const int MinimumCount = 2;

    /// <param name="texts">What the tokenizer is to be good at.</param>
    /// <param name="vocabularySize">The number of ids, special tokens included; fewer when no pair is left that occurs twice.</param>
    /// <param name="specialTokens">Tokens that no text can spell; they get the ids from 0 on.</param>
    /// <param name="separateDigits">Whether every digit stays a token of its own (numbers are then copied digit by digit).</param>
    /// <exception cref="ArgumentException">The vocabulary has no room for the bytes and special tokens, or a special token is empty, repeated or one character of the byte alphabet.</exception>
    public static Tokenizer Train(
        IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> specialTokens, bool separateDigits = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 256 + specialTokens.Count);
        List<string> tokens = [.. specialTokens];
        for (int value = 0; value < 256; value++)
        {
            tokens.Add(ByteAlphabet.LetterOf((byte)value).ToString());
        }

        PairCounts pairs = new(CountWords(texts, specialTokens.Count, separateDigits));
        List<(string, string)> merges = [];
        HashSet<string> taken = new(tokens, StringComparer.Ordinal);
        while (tokens.Count < vocabularySize && pairs.TakeMostFrequent(MinimumCount) is { } pair)
        {
            (string left, string right) = (tokens[pair.Left], tokens[pair.Right]);

            // a special token must stay out of reach, and one token has one way to be made
            if (taken.Add(left + right))
            {
                pairs.Merge(pair, tokens.Count);
                tokens.Add(left + right);
                merges.Add((left, right));
            }
        }

        TokenizerDefinition definition = new(tokens, Enumerable.Range(0, specialTokens.Count).ToHashSet(), merges, separateDigits);
        return TokenizerChecks.FindFault(definition) is { } fault || specialTokens.Contains("")
            ? throw new ArgumentException("A special token is empty, repeated or a single byte.", nameof(specialTokens))
            : new Tokenizer(definition);
    }

    private static List<(int[] Ids, long Count)> CountWords(IEnumerable<string> texts, int firstByteId, bool separateDigits)
    {
        PreTokenizer preTokenizer = new(separateDigits);
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string text in texts)
        {
            preTokenizer.Split(text, lookup, static (piece, lookup) =>
            {
                lookup.TryGetValue(piece, out long count);
                lookup[piece] = count + 1;
            });
        }

        return
        [
            .. counts.OrderBy(word => word.Key, StringComparer.Ordinal)
                .Select(word => (Encoding.UTF8.GetBytes(word.Key).Select(value => firstByteId + value).ToArray(), word.Value)),
        ];
    }
}
