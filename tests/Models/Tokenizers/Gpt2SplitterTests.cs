using Reflux.Models.Tokenizers;

namespace Reflux.Models.Tests.Tokenizers;

public class Gpt2SplitterTests
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
    public void Cuts_as_gpt2_does(string text, string expected)
    {
        List<string> pieces = [];
        Gpt2Splitter splitter = new(text);
        while (splitter.MoveNext())
        {
            pieces.Add(splitter.Current.ToString());
        }

        Assert.Equal(expected, string.Join('|', pieces));
    }

    [Fact]
    public void Digits_are_set_apart_before_words_are_cut()
    {
        List<string> pieces = [];
        new PreTokenizer(separateDigits: true).Split("no. 42 of", pieces, static (piece, list) => list.Add(piece.ToString()));

        Assert.Equal(["no", ".", " ", "4", "2", " of"], pieces);
    }
}
