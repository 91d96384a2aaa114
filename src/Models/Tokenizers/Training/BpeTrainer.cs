using System.Text;
using Reflux.Models.Json;
using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;
using Reflux.Models.Tokenizers.Json;
using Reflux.Models.Tokenizers.Normalizers;
using Reflux.Models.Tokenizers.PreTokenizers;
using Reflux.Models.Tokenizers.Training;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// Learns a BPE vocabulary: special tokens first, then the 256 bytes, for a SentencePiece style the characters that occur twice, then one token per
/// merge of the most frequent pair (equal counts: the smaller ids), so the same texts give the same tokenizer. Source: Sennrich et al. 2016, over
/// bytes as in GPT-2 or over characters as in SentencePiece.
/// </summary>
public static class BpeTrainer
{
    private const int MinimumCount = 2;

    /// <inheritdoc cref="Train(IEnumerable{string}, int, IReadOnlyList{string}, TokenizerStyle, string)"/>
    /// <param name="separateDigits">Whether every digit stays a token of its own (numbers are then copied digit by digit).</param>
    public static Tokenizer Train(
        IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> specialTokens, bool separateDigits = false) =>
        Train(texts, vocabularySize, specialTokens, separateDigits ? TokenizerStyle.SmolLm2 : TokenizerStyle.Gpt2);

    /// <param name="texts">What the tokenizer is to be good at.</param>
    /// <param name="vocabularySize">The number of ids, special tokens included; fewer when no pair is left that occurs twice.</param>
    /// <param name="specialTokens">Tokens that no text can spell; they get the ids from 0 on. The first is the unknown token of a SentencePiece style.</param>
    /// <param name="style">Whose configuration the tokenizer gets.</param>
    /// <param name="beginToken">The special token that stands in front of every text where special tokens are asked for, or null.</param>
    /// <exception cref="ArgumentException">The vocabulary has no room for bytes, characters and special tokens, or a special token is empty, repeated or spells one of them.</exception>
    public static Tokenizer Train(
        IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> specialTokens, TokenizerStyle style, string? beginToken = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 256 + specialTokens.Count);
        int beginId = beginToken is null ? 0 : specialTokens.ToList().IndexOf(beginToken);
        JsonFields configuration = beginId >= 0 ? StyleJson.Of(style, beginToken, beginId) : throw new ArgumentException("It is not one of the special tokens.", nameof(beginToken));
        PreTokenizer preTokenizer = PreTokenizerJson.Read(configuration);
        Normalizer normalizer = NormalizerJson.Read(configuration);
        SortedDictionary<string, long> words = CountWords(texts, normalizer, preTokenizer);

        List<string> tokens = [.. specialTokens];
        for (int value = 0; value < 256; value++)
        {
            tokens.Add(preTokenizer.IsByteLevel ? ByteAlphabet.LetterOf((byte)value).ToString() : ByteTokens.Of(value));
        }

        if (!preTokenizer.IsByteLevel)
        {
            tokens.AddRange(FrequentCharacters(words));
            ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, tokens.Count);
        }

        List<(string, string)> merges = LearnMerges(tokens, vocabularySize, SpellWords(words, tokens, specialTokens.Count, preTokenizer.IsByteLevel));
        BpeOptions options = StyleJson.Options(style, specialTokens.Count > 0 ? specialTokens[0] : null);
        TokenizerDefinition definition = new(
            tokens, [.. specialTokens.Select((token, id) => new AddedToken(id, token))], merges, options, normalizer, preTokenizer,
            PostProcessorJson.Read(configuration, tokens.Count), DecoderJson.Read(configuration, preTokenizer.IsByteLevel));
        return TokenizerChecks.FindFault(definition) is null
            ? new Tokenizer(definition)
            : throw new ArgumentException("A special token is empty, repeated or a single byte or character.", nameof(specialTokens));
    }

    private static List<(string, string)> LearnMerges(List<string> tokens, int vocabularySize, List<(int[] Ids, long Count)> words)
    {
        PairCounts pairs = new(words);
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

        return merges;
    }

    private static SortedDictionary<string, long> CountWords(IEnumerable<string> texts, Normalizer normalizer, PreTokenizer preTokenizer)
    {
        // SentencePiece never learns a token that reaches into the next word
        PreTokenizer words = preTokenizer.IsByteLevel ? preTokenizer : preTokenizer.With(WordBoundary.NextLength);
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string text in texts)
        {
            words.Split(preTokenizer.Prepare(normalizer.Apply(text), isStart: true), lookup, static (piece, lookup) =>
            {
                lookup.TryGetValue(piece, out long count);
                lookup[piece] = count + 1;
            });
        }

        return new SortedDictionary<string, long>(counts, StringComparer.Ordinal);
    }

    private static IEnumerable<string> FrequentCharacters(SortedDictionary<string, long> words)
    {
        SortedDictionary<int, long> counts = [];
        foreach ((string word, long count) in words)
        {
            foreach (Rune rune in word.EnumerateRunes())
            {
                counts[rune.Value] = counts.GetValueOrDefault(rune.Value) + count;
            }
        }

        return counts.Where(entry => entry.Value >= MinimumCount).Select(entry => new Rune(entry.Key).ToString());
    }

    private static List<(int[] Ids, long Count)> SpellWords(SortedDictionary<string, long> words, List<string> tokens, int firstByteId, bool isByteLevel)
    {
        const int Rare = -1;
        Dictionary<int, int> characters = [];
        for (int id = firstByteId + 256; id < tokens.Count; id++)
        {
            characters.Add(tokens[id].EnumerateRunes().First().Value, id);
        }

        Speller speller = isByteLevel
            ? new Speller.OfBytes([.. Enumerable.Range(firstByteId, 256)], unknown: null, fuse: false)
            : new Speller.OfCharacters(characters, bytes: null, Rare, fuse: true);
        List<(int[] Ids, long Count)> spelled = [];
        foreach ((string word, long count) in words)
        {
            int[] ids = new int[word.Length * Speller.LongestSpelling];
            ReadOnlySpan<int> rest = ids.AsSpan(0, speller.Spell(word, ids));

            // a character that will be bytes merges with nothing
            foreach (Range range in rest.Split(Rare))
            {
                spelled.Add((rest[range].ToArray(), count));
            }
        }

        return spelled;
    }
}
