using System.Globalization;
using System.Text;

namespace Reflux.Models.Tests.Tokenizers;

/// <summary>
/// Texts of every kind that pre-tokenisers tell apart, the same for the same seed. U+0085, U+FEFF and U+017F are left out, where the JavaScript
/// port differs from the Rust original, as are characters younger than the oldest Node that runs the comparison.
/// </summary>
internal sealed class GeneratedTexts(int seed)
{
    // first and last code point of scripts that were complete long ago
    private static readonly (int First, int Last)[] Scripts =
    [
        (0x21, 0x7E), (0xA1, 0x17E), (0x180, 0x24F), (0x250, 0x2FF), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x556), (0x5D0, 0x5EA), (0x621, 0x669),
        (0x905, 0x939), (0x93E, 0x94D), (0x958, 0x96F), (0x995, 0x9B9), (0xB85, 0xBCD), (0xE01, 0xE3A), (0xE40, 0xE5B), (0xF40, 0xF6A), (0xF71, 0xF87), (0x10D0, 0x10FA),
        (0x1100, 0x1112), (0x1161, 0x1175), (0x11A8, 0x11C2), (0x1200, 0x1248), (0x13A0, 0x13F4), (0x1780, 0x17D3), (0x1820, 0x1877), (0x1E00, 0x1EFF),
        (0x1F00, 0x1FFC), (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x208E), (0x20A0, 0x20B5), (0x2100, 0x2188), (0x2190, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x27BF),
        (0x3041, 0x3096), (0x30A1, 0x30FA), (0x3400, 0x3500), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0xF900, 0xFA2D), (0xFB1D, 0xFB4F), (0xFF01, 0xFFBE),
        (0x10330, 0x1034A), (0x10400, 0x1044F), (0x12000, 0x12399), (0x1D15E, 0x1D164), (0x1D400, 0x1D454), (0x1D7CE, 0x1D7FF), (0x1E900, 0x1E943), (0x20000, 0x200FF),
        (0x2F800, 0x2FA1D),
    ];

    private static readonly string[] Spaces = [" ", " ", "  ", "   ", "\t", "\n", "\r\n", "\r", " \n ", "\n\n", "\u00a0", "\u1680", "\u2003", "\u2028", "\u202f", "\u3000", "\v", "\f"];

    private static readonly string[] Contractions =
        ["'s", "'S", "'t", "'T", "'re", "'Re", "'RE", "'ve", "'vE", "'m", "'M", "'ll", "'LL", "'lL", "'d", "'D", "'", "''", "’s", "'r", "'v", "'l", "'x"];

    private static readonly string[] Emoji =
    [
        "😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "❤️", "1️⃣", "🧑🏿‍🚀", "\u200d", "\ufe0f", "☺", "\U0001F9FF",
    ];

    private static readonly string[] Punctuation = [".", ",", "!", "?", "...", "--", "(", ")", "\"", "://", "#", "_", "@", "<", ">", "|", "</", "/>", "=>", "▁", "▁▁", "{}", "。", "、"];

    private readonly Random _random = new(seed);

    public IEnumerable<string> Take(int count, IReadOnlyList<string> words, IReadOnlyList<string> specials) =>
        Enumerable.Range(0, count).Select(_ => Next(words, specials)).ToArray();

    private string Next(IReadOnlyList<string> words, IReadOnlyList<string> specials)
    {
        StringBuilder text = new();
        int pieces = _random.Next(1, 14);
        (int First, int Last) script = Pick(Scripts);
        for (int i = 0; i < pieces; i++)
        {
            switch (_random.Next(16))
            {
                case < 4:
                    text.Append(Pick(words));
                    break;
                case < 7:
                    AppendRunes(text, script, _random.Next(1, 7));
                    break;
                case 7:
                    AppendRunes(text, Pick(Scripts), _random.Next(1, 4));
                    break;
                case 8:
                    AppendRunes(text, (0x300, 0x36F), _random.Next(1, 4));
                    break;
                case 9:
                    text.Append(Pick(Emoji));
                    break;
                case 10:
                    text.Append(Pick(Contractions));
                    break;
                case 11:
                    text.Append(_random.Next(1_000_000).ToString(CultureInfo.InvariantCulture));
                    break;
                case 12:
                    text.Append(LookAlike(Pick(specials)));
                    break;
                case 13:
                    text.Append(Pick(Punctuation));
                    break;
                default:
                    text.Append(Pick(Spaces));
                    break;
            }

            if (_random.Next(3) == 0)
            {
                text.Append(Pick(Spaces));
            }
        }

        return text.ToString();
    }

    // a special token, or nearly one
    private string LookAlike(string special) => _random.Next(6) switch
    {
        0 => special[1..],
        1 => special[..^1],
        2 => special.ToUpperInvariant(),
        3 => " " + special + "  ",
        4 => "<0x41>",
        _ => special,
    };

    private void AppendRunes(StringBuilder text, (int First, int Last) range, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Rune rune = new(_random.Next(range.First, range.Last + 1));
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned && rune.Value != 0x17F)
            {
                text.Append(rune);
            }
        }
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
