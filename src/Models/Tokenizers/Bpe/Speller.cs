using System.Text;

namespace Reflux.Models.Tokenizers.Bpe;

/// <summary>The ids that merges begin with: those of a piece's bytes, or of its characters.</summary>
internal abstract class Speller
{
    /// <summary>No UTF-16 unit is spelled in more ids.</summary>
    public const int LongestSpelling = 3;

    /// <summary>Writes the ids of a piece and returns their number.</summary>
    public abstract int Spell(ReadOnlySpan<char> piece, Span<int> ids);

    /// <param name="letters">The id of each byte that has one; SmolLM2's vocabulary lacks some.</param>
    /// <param name="unknown">The id of a byte without one; null: it is left out.</param>
    /// <param name="fuse">Whether neighbours share that id.</param>
    public sealed class OfBytes(IReadOnlyList<int?> letters, int? unknown, bool fuse) : Speller
    {
        private const int None = -1;

        private readonly int[] _letters = [.. letters.Select(letter => letter ?? None)];

        public override int Spell(ReadOnlySpan<char> piece, Span<int> ids)
        {
            Span<byte> bytes = piece.Length <= 256 ? stackalloc byte[768] : new byte[piece.Length * LongestSpelling];
            int count = 0;
            bool afterUnknown = false;
            foreach (byte value in bytes[..Encoding.UTF8.GetBytes(piece, bytes)])
            {
                int id = _letters[value];
                bool isUnknown = id == None;
                if (!isUnknown || (unknown is not null && !(fuse && afterUnknown)))
                {
                    ids[count++] = isUnknown ? unknown!.Value : id;
                }

                afterUnknown = isUnknown;
            }

            return count;
        }
    }

    /// <param name="characters">The id of each code point that has one.</param>
    /// <param name="bytes">The ids of the bytes where unknown characters are spelled in them, or null.</param>
    /// <param name="unknown">The id of an unknown character where they aren't; null: it is left out.</param>
    /// <param name="fuse">Whether neighbours share that id.</param>
    public sealed class OfCharacters(IReadOnlyDictionary<int, int> characters, IReadOnlyList<int>? bytes, int? unknown, bool fuse) : Speller
    {
        public override int Spell(ReadOnlySpan<char> piece, Span<int> ids)
        {
            Span<byte> utf8 = stackalloc byte[4];
            int count = 0;
            bool afterUnknown = false;
            foreach (Rune rune in piece.EnumerateRunes())
            {
                if (characters.TryGetValue(rune.Value, out int id))
                {
                    ids[count++] = id;
                    afterUnknown = false;
                }
                else if (bytes is not null)
                {
                    int length = rune.EncodeToUtf8(utf8);
                    for (int i = 0; i < length; i++)
                    {
                        ids[count++] = bytes[utf8[i]];
                    }
                }
                else if (unknown is { } stranger)
                {
                    if (!fuse || !afterUnknown)
                    {
                        ids[count++] = stranger;
                    }

                    afterUnknown = true;
                }
            }

            return count;
        }
    }
}
