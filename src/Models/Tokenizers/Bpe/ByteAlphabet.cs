namespace Reflux.Models.Tokenizers.Bpe;

/// <summary>
/// The printable alphabet in which byte-level BPE writes bytes: a printable Latin-1 byte stands for itself, the other 68 are numbered
/// from U+0100 on. Source: "Language Models are Unsupervised Multitask Learners" (GPT-2), the vocabulary of its release.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = CreateLetters();
    private static readonly Dictionary<char, byte> Bytes = Letters.Select((letter, value) => (letter, value)).ToDictionary(x => x.letter, x => (byte)x.value);

    public static char LetterOf(byte value) => Letters[value];

    public static string Spell(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (letters, bytes) =>
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            letters[i] = Letters[bytes[i]];
        }
    });

    /// <summary>The bytes that a token spells, or null where it holds a character outside the alphabet.</summary>
    public static byte[]? BytesOf(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!Bytes.TryGetValue(token[i], out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }

    private static char[] CreateLetters()
    {
        char[] letters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < letters.Length; value++)
        {
            bool printable = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
            letters[value] = printable ? (char)value : next++;
        }

        return letters;
    }
}
