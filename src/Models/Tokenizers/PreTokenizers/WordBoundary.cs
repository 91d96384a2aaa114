namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>
/// Where a SentencePiece-style text may be cut without changing its ids. Such a text is one piece; but where no merge makes a token with a space
/// behind something else, none crosses from a word to the next one, and words can be remembered.
/// </summary>
internal static class WordBoundary
{
    private const char Space = '\u2581';

    /// <summary>A piece: spaces, if any, and what follows up to the next one.</summary>
    public static int NextLength(ReadOnlySpan<char> text)
    {
        int word = text.IndexOfAnyExcept(Space);
        int length = word < 0 ? -1 : text[word..].IndexOf(Space);
        return length < 0 ? text.Length : word + length;
    }

    /// <summary>Whether these cuts change nothing.</summary>
    public static bool IsSafe(TokenizerDefinition definition) =>
        !definition.PreTokenizer.IsByteLevel
        && !definition.Options.IgnoreMerges
        && definition.Tokens.Contains(Space.ToString())
        && !definition.Merges.Any(merge => Crosses(merge.Left + merge.Right));

    private static bool Crosses(string token) => NextLength(token) < token.Length;
}
