using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Reflux.Models.Tokenizers;

/// <summary>How fast a tokenizer encodes generated text of several scripts, on one thread.</summary>
/// <param name="Style">The configuration.</param>
/// <param name="ColdMegabytesPerSecond">10⁶ bytes of UTF-8 a second when it sees the text for the first time; median of tokenizers that are new.</param>
/// <param name="WarmMegabytesPerSecond">The same when it has remembered the text's pieces; median of the runs.</param>
public sealed record TokenizerSpeed(TokenizerStyle Style, double ColdMegabytesPerSecond, double WarmMegabytesPerSecond)
{
    private const int VocabularySize = 8_000;
    private const int ColdRuns = 3;
    private const int WarmRuns = 5;

    /// <summary>Measures every style, each with a tokenizer trained on text of the same kind.</summary>
    /// <param name="characters">The length of the text, in UTF-16 units.</param>
    public static IReadOnlyList<TokenizerSpeed> MeasureAll(int characters = 2_000_000)
    {
        string[] training = [.. Enumerable.Range(0, 40).Select(seed => MixedText(new Random(seed), 5_000))];
        string text = MixedText(new Random(1_000), characters);
        return [.. Enum.GetValues<TokenizerStyle>().Select(style => Measure(style, training, text))];
    }

    private static TokenizerSpeed Measure(TokenizerStyle style, string[] training, string text)
    {
        Tokenizer trained = BpeTrainer.Train(training, VocabularySize, ["<unk>", "<s>", "</s>"], style);

        // the code is compiled by another tokenizer, so that the first run of the measured ones is cold in its memory only
        trained.Encode(text[..(text.Length / 4)]);
        Tokenizer[] fresh = [.. Enumerable.Range(0, ColdRuns).Select(_ => new Tokenizer(trained.Definition))];
        double[] cold = [.. fresh.Select(tokenizer => Rate(tokenizer, text)).Order()];
        double[] warm = [.. Enumerable.Range(0, WarmRuns).Select(_ => Rate(fresh[^1], text)).Order()];
        return new TokenizerSpeed(style, cold[ColdRuns / 2], warm[WarmRuns / 2]);
    }

    private static double Rate(Tokenizer tokenizer, string text)
    {
        long start = Stopwatch.GetTimestamp();
        tokenizer.Encode(text);
        return Encoding.UTF8.GetByteCount(text) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
    }

    // words by Zipf's law, mostly Latin letters, one in four of another script, with numbers, signs, line ends and emoji between them
    private static string MixedText(Random random, int length)
    {
        (int First, int Count)[] scripts = [('a', 26), ('a', 26), ('a', 26), ('a', 26), ('a', 26), ('a', 26), (0x430, 32), (0x905, 50), (0x621, 26), (0x4E00, 3_000), (0xAC00, 2_000), (0x3041, 80)];
        string[] signs = [" ", " ", " ", " ", " ", ", ", ". ", "\n", " – ", "! ", " (", ") ", "'s ", "  ", "\n\n", " 😀 "];
        StringBuilder text = new(length + 32);
        while (text.Length < length)
        {
            (int first, int count) = scripts[random.Next(scripts.Length)];
            Random word = new((int)Math.Pow(30_000, random.NextDouble()));
            if (random.Next(20) == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{random.Next(100_000)}");
            }
            else
            {
                for (int letters = word.Next(2, 10); letters > 0; letters--)
                {
                    text.Append((char)(first + word.Next(count)));
                }
            }

            text.Append(signs[random.Next(signs.Length)]);
        }

        return text.ToString();
    }
}
