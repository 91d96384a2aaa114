using System.Text;
using Reflux.Samples.Helpdesk.Grammar;

namespace Reflux.Samples.Tests.Grammar;

public sealed class PhraseParserTests
{
    [Theory]
    [InlineData("plain", 1)]
    [InlineData("", 1)]
    [InlineData("a|b|c", 3)]
    [InlineData("[a|b] [c|d|]", 6)]
    [InlineData("[a[1|2]|b]{order}", 3)]
    public void CountsDerivations(string template, int expected) => Assert.Equal(expected, new PhraseParser().Parse(template).Count);

    [Fact]
    public void SlotsMultiplyTheFilledCount() =>
        Assert.Equal(2 * 900_000 * 28 * 12, new PhraseParser().Parse("[a|b] {order} {date}").CountFilled);

    [Theory]
    [InlineData("[a|b")]
    [InlineData("a]")]
    [InlineData("a}")]
    [InlineData("{order")]
    [InlineData("{unknown}")]
    public void RefusesMalformedTemplates(string template) => Assert.Throws<FormatException>(() => new PhraseParser().Parse(template));

    [Fact]
    public void BoundNamesStandForTheirPhrase()
    {
        var phrase = new PhraseParser(bindings: new Dictionary<string, Phrase> { ["x"] = new Literal("seven") }).Parse("say {x}");
        var text = new StringBuilder();
        var random = new CounterRandom(1, 2, 3);
        phrase.Append(text, ref random);
        Assert.Equal("say seven", text.ToString());
    }

    [Fact]
    public void TheFirstAlternativeHasTheModesShare()
    {
        var phrase = new PhraseParser(mode: 0.7).Parse("a|b|c");
        var usual = 0;
        const int Draws = 20_000;
        for (ulong i = 0; i < Draws; i++)
        {
            var random = new CounterRandom(5, 0, i);
            var text = new StringBuilder();
            phrase.Append(text, ref random);
            usual += text[0] == 'a' ? 1 : 0;
        }
        Assert.InRange(usual / (double)Draws, 0.69, 0.71);
        Assert.Equal(-(0.7 * Math.Log(0.7)) - (0.3 * Math.Log(0.15)), phrase.Entropy, 12);
    }

    [Fact]
    public void EntropyIsTheExpectationOverNestedChoices()
    {
        // texts: a 0.6, b1 0.4·0.6, b2 0.4·0.4
        var phrase = new PhraseParser(mode: 0.6).Parse("a|b[1|2]");
        double[] probabilities = [0.6, 0.24, 0.16];
        Assert.Equal(-probabilities.Sum(p => p * Math.Log(p)), phrase.Entropy, 12);
    }

    [Fact]
    public void TimingKeepsItsTextsAndLosesItsEntropy()
    {
        var timing = new Timing(new PhraseParser(mode: 0.6).Parse("today|soon"));
        Assert.Equal(2, timing.Count);
        Assert.Equal(0, timing.Entropy);
    }

    [Theory]
    [InlineData("[a|a]", 1)]
    [InlineData("[a|ab][c|bc]", 3)]
    [InlineData("[|x ]y|x [y|z]", 3)]
    [InlineData("{order}|{date}|{order}", 2)]
    public void TheCounterOfDifferentTextsSeesThroughAmbiguity(string template, int expected) =>
        Assert.Equal(expected, DistinctTexts.Count(new PhraseParser().Parse(template)));
}
