using System.Text;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// Decodes ids as they come: each one gives the text that is complete with it, never a part of a character. All pieces together are what
/// <see cref="Tokenizer.Decode"/> gives for all ids. One for each sequence, not safe for concurrent use.
/// </summary>
/// <param name="tokenizer">Whose ids they are.</param>
/// <param name="skipSpecial">Whether special tokens are left out.</param>
public sealed class StreamingDecoder(Tokenizer tokenizer, bool skipSpecial = true)
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();
    private int _spacesToStrip = tokenizer.Definition.Decoder.StrippedSpaces;
    private bool _isFirst = true;
    private char[] _characters = new char[64];

    /// <summary>The text that is complete with this id; empty while a character lacks bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    public string Push(int id)
    {
        Append(id);
        return Take();
    }

    /// <summary>What is left at the end: U+FFFD for a character that was never completed. The decoder can then be used anew.</summary>
    public string Finish()
    {
        Append([], flush: true);
        (_spacesToStrip, _isFirst) = (tokenizer.Definition.Decoder.StrippedSpaces, true);
        return Take();
    }

    internal string Decode(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            Append(id);
        }

        return Finish();
    }

    private void Append(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, tokenizer.VocabularySize);
        if (skipSpecial && tokenizer.IsSpecial(id))
        {
            return;
        }

        byte[]? first = _isFirst ? tokenizer.Definition.Decoder.FirstBytesOf(tokenizer.Definition.Tokens[id]) : null;
        _isFirst = false;
        Append(first ?? tokenizer.BytesOf(id), flush: false);
    }

    private void Append(ReadOnlySpan<byte> bytes, bool flush)
    {
        while (_spacesToStrip > 0 && !bytes.IsEmpty)
        {
            if (bytes[0] != (byte)' ')
            {
                _spacesToStrip = 0;
                break;
            }

            bytes = bytes[1..];
            _spacesToStrip--;
        }

        int length = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (length > _characters.Length)
        {
            _characters = new char[length];
        }

        _text.Append(_characters, 0, _utf8.GetChars(bytes, _characters, flush));
    }

    private string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }
}
