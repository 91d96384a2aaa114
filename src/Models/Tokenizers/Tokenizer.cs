using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// Byte-level BPE as in a Hugging Face <c>tokenizer.json</c>: any text has ids, and the ids decode to the text again (a lone surrogate
/// becomes U+FFFD). Special tokens are never found in a text, whatever it says; only a template writes them. Safe for concurrent use.
/// </summary>
public sealed class Tokenizer
{
    private const int MaximumCachedPieces = 1 << 16;
    private const int MaximumCachedLength = 48;

    private readonly TokenizerDefinition _definition;
    private readonly PreTokenizer _preTokenizer;
    private readonly MergeTable _merges;
    private readonly Dictionary<string, int> _ids;
    private readonly byte[][] _bytes;
    private readonly int[] _byteIds;
    private readonly ConcurrentDictionary<string, int[]> _pieces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _pieceLookup;

    /// <param name="definition">Checked by <see cref="TokenizerChecks"/>.</param>
    internal Tokenizer(TokenizerDefinition definition)
    {
        _definition = definition;
        _preTokenizer = new PreTokenizer(definition.SeparateDigits);
        _pieceLookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        _ids = definition.Tokens.Select((token, id) => (token, id)).ToDictionary(x => x.token, x => x.id, StringComparer.Ordinal);
        _bytes = [.. definition.Tokens.Select((token, id) => definition.Special.Contains(id) ? Encoding.UTF8.GetBytes(token) : ByteAlphabet.BytesOf(token)!)];
        _byteIds = [.. Enumerable.Range(0, 256).Select(value => _ids[ByteAlphabet.LetterOf((byte)value).ToString()])];

        Dictionary<(int, int), (int, int)> rules = new(definition.Merges.Count);
        foreach ((string left, string right) in definition.Merges)
        {
            rules.Add((_ids[left], _ids[right]), (rules.Count, _ids[left + right]));
        }

        _merges = new MergeTable(rules);
        Hash = ComputeHash();
    }

    /// <summary>The number of ids; they run from 0 without gaps.</summary>
    public int VocabularySize => _bytes.Length;

    /// <summary>
    /// SHA-256, lower-case hex, over (id, token bytes, special flag) of every id in order, so that two files which differ in formatting only
    /// have one hash. Per id: id and length as little-endian 32-bit numbers, the flag as a byte, the bytes.
    /// </summary>
    public string Hash { get; }

    internal TokenizerDefinition Definition => _definition;

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <exception cref="ModelException">The file is missing, malformed, or asks for something unsupported, which the message names.</exception>
    public static Tokenizer Load(string pathOfTokenizerJson) => new(TokenizerJsonReader.Read(pathOfTokenizerJson));

    /// <summary>The ids of a text. What looks like a special token in it is spelled out like any other text.</summary>
    public int[] Encode(string text)
    {
        List<int> ids = new((text.Length / 3) + 4);
        _preTokenizer.Split(text, (Tokenizer: this, Ids: ids), static (piece, state) => state.Tokenizer.EncodePiece(piece, state.Ids));
        return [.. ids];
    }

    /// <summary>The text of ids; bytes that aren't UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = true)
    {
        List<byte> bytes = new(ids.Length * 4);
        foreach (int id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, _bytes.Length, nameof(ids));
            if (!skipSpecial || !IsSpecial(id))
            {
                bytes.AddRange(_bytes[id]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>The id of a token in the spelling of the file (special tokens as they are), or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>Whether an id is a special token.</summary>
    public bool IsSpecial(int id) => _definition.Special.Contains(id);

    /// <summary>The bytes that an id stands for.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => _bytes[id];

    /// <summary>The tokenizer as the text of a <c>tokenizer.json</c>; the same tokenizer gives the same text.</summary>
    public string ToJson() => TokenizerJsonWriter.Write(_definition);

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_pieceLookup.TryGetValue(piece, out int[]? known))
        {
            ids.AddRange(known);
            return;
        }

        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(piece.Length)];
        int length = Encoding.UTF8.GetBytes(piece, bytes);
        int[] merged = new int[length];
        for (int i = 0; i < length; i++)
        {
            merged[i] = _byteIds[bytes[i]];
        }

        int[] found = merged[.._merges.Apply(merged)];
        if (piece.Length <= MaximumCachedLength && _pieces.Count < MaximumCachedPieces)
        {
            _pieces.TryAdd(piece.ToString(), found);
        }

        ids.AddRange(found);
    }

    private string ComputeHash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[9];
        for (int id = 0; id < _bytes.Length; id++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head, id);
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], _bytes[id].Length);
            head[8] = IsSpecial(id) ? (byte)1 : (byte)0;
            hash.AppendData(head);
            hash.AppendData(_bytes[id]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
