namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>Sets numbers apart (Unicode's N, as Rust's <c>is_numeric</c>), each character on its own or run by run.</summary>
internal static class DigitSplitter
{
    public static int NextSingleLength(ReadOnlySpan<char> text) =>
        RuneClasses.Next(text, out int consumed) == RuneClass.Number ? consumed : TextLength(text);

    public static int NextRunLength(ReadOnlySpan<char> text) =>
        RuneClasses.RunLength(text, RuneClass.Number) is > 0 and var run ? run : TextLength(text);

    private static int TextLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && RuneClasses.Next(text[length..], out int consumed) != RuneClass.Number)
        {
            length += consumed;
        }

        return length;
    }
}
