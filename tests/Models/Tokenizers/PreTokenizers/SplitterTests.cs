using Reflux.Models.Tokenizers.PreTokenizers;

namespace Reflux.Models.Tests.Tokenizers.PreTokenizers;

public class SplitterTests
{
    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("it's they'll 'sound", "it|'s| they|'ll| '|sound")]
    [InlineData("IT'S", "IT|'|S")]
    [InlineData("order 123456, please!", "order| 123456|,| please|!")]
    [InlineData("a  b", "a| | b")]
    [InlineData("a   ", "a|   ")]
    [InlineData("a\n\n b", "a|\n\n| b")]
    [InlineData("a\nb", "a|\n|b")]
    [InlineData(" ", " ")]
    [InlineData("x²y", "x|²|y")]
    [InlineData("a\u0085b", "a|\u0085|b")]
    [InlineData("a\uFEFFb", "a|\uFEFF|b")]
    [InlineData("\u3000日本", "\u3000|日本")]
    [InlineData("a\U00020000\U0001D49C 😀😀", "a\U00020000\U0001D49C| 😀😀")]
    public void Gpt2_cuts(string text, string expected) => Assert.Equal(expected, Cut(text, Gpt2Splitter.NextLength));

    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("IT'S they'Ll 'sound", "IT|'S| they|'Ll| '|sound")]
    [InlineData("a'\u017fb", "a|'\u017f|b")]
    [InlineData("it'rb", "it|'rb")]
    [InlineData("1234567 12", "123|456|7| |12")]
    [InlineData("a  b", "a| | b")]
    [InlineData("a \tb", "a| |\tb")]
    [InlineData("a   ", "a|   ")]
    [InlineData("a\n\n b", "a|\n\n| b")]
    [InlineData("a \r\n \n  b", "a| \r\n \n| | b")]
    [InlineData("a\nb", "a|\n|b")]
    [InlineData("end.\n\nnext", "end|.\n\n|next")]
    [InlineData("x ...\r\ny", "x| ...\r\n|y")]
    [InlineData("(word) \"x\"", "(word|)| \"|x|\"")]
    [InlineData(" ", " ")]
    [InlineData("\u00a0!", "\u00a0|!")]
    [InlineData("x²y", "x|²|y")]
    [InlineData("a\u0085b", "a|\u0085b")]
    [InlineData("a\u0085\u0085!", "a|\u0085|\u0085|!")]
    [InlineData("a\uFEFF!", "a|\uFEFF!")]
    [InlineData("\u3000日本", "\u3000日本")]
    [InlineData("😀a\U00020000\U0001D49C 😀😀", "😀a\U00020000\U0001D49C| 😀😀")]
    [InlineData("\U0001D7D9\U0001D7DA\U0001D7DB\U0001D7DC", "\U0001D7D9\U0001D7DA\U0001D7DB|\U0001D7DC")]
    public void Llama_3_cuts(string text, string expected) => Assert.Equal(expected, Cut(text, Llama3Splitter.NextLlama3Length));

    [Theory]
    [InlineData("in 2024!", "in| |2|0|2|4|!")]
    [InlineData("We'VE", "We|'VE")]
    public void Qwen_cuts(string text, string expected) => Assert.Equal(expected, Cut(text, Llama3Splitter.NextQwenLength));

    [Theory]
    [InlineData("no. 42 of", "no. |4|2| of")]
    [InlineData("٣½x", "٣|½|x")]
    public void Digits_are_set_apart(string text, string expected) => Assert.Equal(expected, Cut(text, DigitSplitter.NextSingleLength));

    [Fact]
    public void Runs_of_digits_are_set_apart() => Assert.Equal("no. |42| of", Cut("no. 42 of", DigitSplitter.NextRunLength));

    [Theory]
    [InlineData("▁▁a▁b", "▁|▁a|▁b")]
    [InlineData("a▁", "a|▁")]
    public void Metaspace_cuts_in_front_of_each_space(string text, string expected) =>
        Assert.Equal(expected, Cut(text, new Metaspace('▁', MetaspacePrefix.Never).NextLength));

    [Theory]
    [InlineData("▁▁a▁b", "▁▁a|▁b")]
    [InlineData("a▁", "a|▁")]
    public void Words_begin_at_the_first_of_several_spaces(string text, string expected) => Assert.Equal(expected, Cut(text, WordBoundary.NextLength));

    private static string Cut(string text, PieceScanner scanner)
    {
        List<string> pieces = [];
        for (int position = 0; position < text.Length; position += pieces[^1].Length)
        {
            pieces.Add(text.Substring(position, scanner(text.AsSpan(position))));
        }

        return string.Join('|', pieces);
    }
}
