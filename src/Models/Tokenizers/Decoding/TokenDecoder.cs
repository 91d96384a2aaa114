using System.Text;
using System.Text.Json;

namespace Reflux.Models.Tokenizers.Decoding;

/// <summary>How tokens become text again.</summary>
/// <param name="Json">Its own form in <c>tokenizer.json</c>, for writing it again.</param>
internal abstract record TokenDecoder(JsonElement Json)
{
    /// <summary>How many spaces at the start of the text are left out.</summary>
    public virtual int StrippedSpaces => 0;

    /// <summary>What a token stands for where it is not the first one.</summary>
    public abstract byte[] BytesOf(string token, bool isAdded);

    /// <summary>What a token stands for at the start of a text, where that differs.</summary>
    public virtual byte[]? FirstBytesOf(string token) => null;

    /// <summary>Tokens are bytes in the printable alphabet.</summary>
    public sealed record ByteLevel(JsonElement Json) : TokenDecoder(Json)
    {
        public override byte[] BytesOf(string token, bool isAdded) => (isAdded ? null : Bpe.ByteAlphabet.BytesOf(token)) ?? Encoding.UTF8.GetBytes(token);
    }

    /// <summary>Tokens are text after replacements; <c>&lt;0x0A&gt;</c> is a byte; spaces at the start of the whole are left out.</summary>
    public sealed record SentencePiece(JsonElement Json, IReadOnlyList<(string Pattern, string Content)> Replacements, bool Bytes, int Spaces) : TokenDecoder(Json)
    {
        public override int StrippedSpaces => Spaces;

        public override byte[] BytesOf(string token, bool isAdded)
        {
            foreach ((string pattern, string content) in Replacements)
            {
                token = token.Replace(pattern, content, StringComparison.Ordinal);
            }

            return Bytes && Bpe.ByteTokens.TryParse(token, out byte value) ? [value] : Encoding.UTF8.GetBytes(token);
        }
    }

    /// <summary>A replacement character is a space, or in the first token nothing.</summary>
    public sealed record Spaced(JsonElement Json, char Replacement, bool Prefixed) : TokenDecoder(Json)
    {
        public override byte[] BytesOf(string token, bool isAdded) => Encoding.UTF8.GetBytes(token.Replace(Replacement, ' '));

        public override byte[]? FirstBytesOf(string token) =>
            Prefixed && token.Contains(Replacement) ? Encoding.UTF8.GetBytes(token.Replace(Replacement.ToString(), "", StringComparison.Ordinal)) : null;
    }
}
