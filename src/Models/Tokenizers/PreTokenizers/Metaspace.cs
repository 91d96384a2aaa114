namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>SentencePiece's way with spaces: each is written as a visible character, and a text gets one in front.</summary>
/// <param name="Replacement">What a space is written as, U+2581 in every family.</param>
/// <param name="Prefix">Which stretches get one in front, unless they have it.</param>
internal sealed record Metaspace(char Replacement, MetaspacePrefix Prefix)
{
    /// <param name="text">A stretch without added tokens.</param>
    /// <param name="isStart">Whether the whole text begins with it.</param>
    public string Apply(string text, bool isStart)
    {
        string replaced = text.Replace(' ', Replacement);
        bool wanted = Prefix == MetaspacePrefix.Always || (Prefix == MetaspacePrefix.First && isStart);
        return wanted && replaced.Length > 0 && !replaced.StartsWith(Replacement) ? Replacement + replaced : replaced;
    }

    /// <summary>A piece from one replacement to the next.</summary>
    public int NextLength(ReadOnlySpan<char> text) => text[1..].IndexOf(Replacement) is >= 0 and var length ? length + 1 : text.Length;
}
