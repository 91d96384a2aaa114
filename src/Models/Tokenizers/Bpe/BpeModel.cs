using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Reflux.Models.Tokenizers.Bpe;

/// <summary>Pieces to ids: spelled, merged, and remembered. Safe for concurrent use.</summary>
internal sealed class BpeModel
{
    private const int MaximumCachedPieces = 1 << 16;
    private const int MaximumCachedLength = 48;

    private readonly Speller _speller;
    private readonly MergeTable _merges;
    private readonly ConcurrentDictionary<string, int[]> _pieces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _pieceLookup;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? _wholePieces;
    private int _cached;

    /// <param name="definition">Checked by <see cref="TokenizerChecks"/>.</param>
    public BpeModel(TokenizerDefinition definition)
    {
        _pieceLookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        Dictionary<int, int> characters = [];
        HashSet<int> reserved = [.. definition.Added.Where(token => token.Special || !token.InVocabulary).Select(token => token.Id)];
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            ids.Add(definition.Tokens[id], id);
            if (!reserved.Contains(id) && IsOneRune(definition.Tokens[id], out Rune rune))
            {
                characters.Add(rune.Value, id);
            }
        }

        BpeOptions options = definition.Options;
        int? unknown = options.UnknownToken is { } name ? ids[name] : null;
        _speller = definition.PreTokenizer.IsByteLevel
            ? new Speller.OfBytes(
                [.. Enumerable.Range(0, 256).Select(value => characters.TryGetValue(ByteAlphabet.LetterOf((byte)value), out int id) ? id : (int?)null)],
                unknown,
                options.FuseUnknown)
            : new Speller.OfCharacters(
                characters, options.ByteFallback ? [.. Enumerable.Range(0, 256).Select(value => ids[ByteTokens.Of(value)])] : null, unknown, options.FuseUnknown);

        Dictionary<(int, int), (int, int)> rules = new(definition.Merges.Count);
        foreach ((string left, string right) in definition.Merges)
        {
            rules.Add((ids[left], ids[right]), (rules.Count, ids[left + right]));
        }

        _merges = new MergeTable(rules);
        if (options.IgnoreMerges)
        {
            _wholePieces = WholePieces(definition, reserved).GetAlternateLookup<ReadOnlySpan<char>>();
        }
    }

    /// <summary>Adds the ids of a piece without lone surrogates.</summary>
    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_wholePieces is { } wholePieces && wholePieces.TryGetValue(piece, out int whole))
        {
            ids.Add(whole);
            return;
        }

        if (piece.Length > MaximumCachedLength)
        {
            EncodeLong(piece, ids);
            return;
        }

        if (!_pieceLookup.TryGetValue(piece, out int[]? found))
        {
            Span<int> merged = stackalloc int[MaximumCachedLength * Speller.LongestSpelling];
            found = [.. merged[.._merges.Apply(merged[.._speller.Spell(piece, merged)])]];

            // counted here, because asking a concurrent dictionary for its count takes all of its locks
            if (_cached < MaximumCachedPieces && _pieceLookup.TryAdd(piece, found))
            {
                Interlocked.Increment(ref _cached);
            }
        }

        ids.AddRange(found);
    }

    private void EncodeLong(ReadOnlySpan<char> piece, List<int> ids)
    {
        int[] merged = ArrayPool<int>.Shared.Rent(piece.Length * Speller.LongestSpelling);
        int count = _merges.Apply(merged.AsSpan(0, _speller.Spell(piece, merged)));
        ids.AddRange(merged.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(merged);
    }

    private static Dictionary<string, int> WholePieces(TokenizerDefinition definition, HashSet<int> reserved)
    {
        Dictionary<string, int> whole = new(StringComparer.Ordinal);
        Span<char> characters = new char[definition.Tokens.Max(token => token.Length)];
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            string token = definition.Tokens[id];
            if (reserved.Contains(id))
            {
                continue;
            }

            if (!definition.PreTokenizer.IsByteLevel)
            {
                whole.Add(token, id);
            }
            else if (System.Text.Unicode.Utf8.ToUtf16(ByteAlphabet.BytesOf(token), characters, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done)
            {
                whole.Add(characters[..length].ToString(), id);
            }
        }

        return whole;
    }

    private static bool IsOneRune(string token, out Rune rune) =>
        Rune.DecodeFromUtf16(token, out rune, out int length) == OperationStatus.Done && length == token.Length;
}
