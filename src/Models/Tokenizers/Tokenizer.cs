using System.Buffers.Binary;
using System.Security.Cryptography;
using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;
using Reflux.Models.Tokenizers.Json;
using Reflux.Models.Tokenizers.PreTokenizers;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// BPE as in a Hugging Face <c>tokenizer.json</c>, over bytes or over characters. Added and special tokens are never found in a user's text,
/// whatever it says; only a template, or a caller that asks for it, writes them. Safe for concurrent use.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerDefinition _definition;
    private readonly AddedTokenMatcher _rawMatcher;
    private readonly AddedTokenMatcher _normalizedMatcher;
    private readonly PreTokenizer _preTokenizer;
    private readonly BpeModel _model;
    private readonly Dictionary<string, int> _ids;
    private readonly IReadOnlySet<int> _special;
    private readonly byte[][] _bytes;

    /// <param name="definition">Checked by <see cref="TokenizerChecks"/>.</param>
    internal Tokenizer(TokenizerDefinition definition)
    {
        _definition = definition;
        _special = definition.Special;
        _rawMatcher = new AddedTokenMatcher(definition.Added.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        _normalizedMatcher = new AddedTokenMatcher(
            definition.Added.Where(token => token.Normalized).Select(token => (definition.Normalizer.Apply(token.Content), token)));
        _ids = definition.Tokens.Select((token, id) => (token, id)).ToDictionary(x => x.token, x => x.id, StringComparer.Ordinal);
        _model = new BpeModel(definition);
        _preTokenizer = WordBoundary.IsSafe(definition) ? definition.PreTokenizer.With(WordBoundary.NextLength) : definition.PreTokenizer;
        HashSet<int> added = [.. definition.Added.Select(token => token.Id)];
        _bytes = [.. definition.Tokens.Select((token, id) => definition.Decoder.BytesOf(token, added.Contains(id)))];
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

    /// <summary>The ids of a text. What looks like an added or special token in it is spelled out like any other text.</summary>
    public int[] Encode(string text) => Encode([new TextSegment(text, Trusted: false)]);

    /// <summary>
    /// The ids of a text from a trusted source, as Hugging Face's library gives them: added and special tokens in it are recognised. A text of a
    /// user must not come this way.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">Whether the tokens that <see cref="AddSpecialTokens"/> adds are put around it.</param>
    public int[] EncodeWithSpecials(string text, bool addSpecialTokens = false)
    {
        int[] ids = Encode([new TextSegment(text, Trusted: true)]);
        return addSpecialTokens ? AddSpecialTokens(ids) : ids;
    }

    /// <summary>The ids of a text in parts of different sources, read as one; added and special tokens are recognised in trusted parts only.</summary>
    public int[] Encode(IReadOnlyList<TextSegment> segments)
    {
        List<int> ids = new((segments.Sum(segment => segment.Text.Length) / 3) + 4);
        bool isStart = true;

        // an empty part parts nothing: the trusted text on both sides of it is one
        foreach ((IReadOnlyList<TextSegment> raw, int? rawId) in _rawMatcher.Cut([.. segments.Where(segment => segment.Text.Length > 0).Select(WellFormed)]))
        {
            if (rawId is { } found)
            {
                ids.Add(found);
                isStart = false;
                continue;
            }

            foreach ((IReadOnlyList<TextSegment> section, int? id) in _normalizedMatcher.Cut(_definition.Normalizer.Apply(raw)))
            {
                if (id is { } normalizedFound)
                {
                    ids.Add(normalizedFound);
                }
                else
                {
                    EncodeSection(section.Count == 1 ? section[0].Text : string.Concat(section.Select(part => part.Text)), isStart, ids);
                }

                isStart = false;
            }
        }

        return [.. ids];
    }

    /// <summary>The ids with those that the tokenizer's post-processor puts around a text, such as the one that begins a sequence.</summary>
    public int[] AddSpecialTokens(ReadOnlySpan<int> ids) => [.. _definition.PostProcessor.Before, .. ids, .. _definition.PostProcessor.After];

    /// <summary>The text of ids; bytes that aren't UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = true) => new StreamingDecoder(this, skipSpecial).Decode(ids);

    /// <summary>The id of a token in the spelling of the file (added tokens as they are), or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>Whether an id is a special token.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>The bytes that an id stands for; a space in front is part of them.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => _bytes[id];

    /// <summary>The tokenizer as the text of a <c>tokenizer.json</c>; the same tokenizer gives the same text.</summary>
    public string ToJson() => TokenizerJsonWriter.Write(_definition);

    private void EncodeSection(string text, bool isStart, List<int> ids) => _preTokenizer.Split(
        _preTokenizer.Prepare(text, isStart), (Model: _model, Ids: ids), static (piece, state) => state.Model.Encode(piece, state.Ids));

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

    // a lone surrogate has no UTF-8: it is U+FFFD from here on
    private static TextSegment WellFormed(TextSegment segment)
    {
        int first = segment.Text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        return first < 0 ? segment : segment with { Text = string.Concat(segment.Text.EnumerateRunes().Select(rune => rune.ToString())) };
    }
}
