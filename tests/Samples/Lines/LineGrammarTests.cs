using System.Numerics;
using Reflux.Samples.Helpdesk.Grammar;
using Reflux.Samples.Helpdesk.Lines;
using Reflux.Samples.Tests.Grammar;

namespace Reflux.Samples.Tests.Lines;

public sealed class LineGrammarTests
{
    public static TheoryData<ProductLine> Lines => [ProductLine.Kitchen, ProductLine.Network];

    [Theory]
    [MemberData(nameof(Lines))]
    public void HasMoreMessagesThanAnyoneCanMemorise(ProductLine line)
    {
        var messages = LineGrammar.Of(line).AllMessages;
        Assert.True(DistinctTexts.Count(messages) > 100_000);
        Assert.True(messages.CountFilled > 10_000_000);
    }

    [Theory]
    [InlineData(ProductLine.Kitchen, "985107289200")]
    [InlineData(ProductLine.Network, "656159177520")]
    public void EveryMessageHasOneDerivationSoItDeterminesItsRouting(ProductLine line, string expected)
    {
        var messages = LineGrammar.Of(line).AllMessages;
        Assert.Equal(BigInteger.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), messages.Count);
        Assert.Equal(messages.Count, DistinctTexts.Count(messages));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void TheMessagesOfAllCasesAreAllMessages(ProductLine line)
    {
        var grammar = LineGrammar.Of(line);
        var sum = BigInteger.Zero;
        foreach (var product in grammar.Products)
        {
            foreach (var issue in grammar.Issues)
            {
                foreach (var urgency in grammar.Urgencies)
                {
                    sum += grammar.Messages(product, issue, urgency).Count;
                }
            }
        }
        Assert.Equal(grammar.AllMessages.Count, sum);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void EveryAnswerHasOneDerivationSoItsEntropyIsThatOfItsChoices(ProductLine line)
    {
        var grammar = LineGrammar.Of(line);
        foreach (var issue in grammar.Issues.DistinctBy(issue => issue.Intent))
        {
            foreach (var urgency in grammar.Urgencies)
            {
                var answers = grammar.Answers(grammar.Products[0], issue, urgency);
                Assert.Equal(answers.Count, DistinctTexts.Count(answers));
                Assert.True(answers.Count > 10_000, issue.Intent);
                Assert.Equal(1, Times(answers));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void EveryFreeChoiceOfAnAnswerHasAUsualWording(ProductLine line)
    {
        var grammar = LineGrammar.Of(line);
        var choices = grammar.Issues.SelectMany(issue => grammar.Urgencies.SelectMany(urgency => Choices(grammar.Answers(grammar.Products[0], issue, urgency)))).ToArray();
        Assert.NotEmpty(choices);
        Assert.All(choices, choice => Assert.True(choice.First >= 0.6));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void NamesItsIssuesAndProductsOnce(ProductLine line)
    {
        var grammar = LineGrammar.Of(line);
        Assert.Equal(grammar.Issues.Count, grammar.Issues.Select(issue => issue.Noun).Distinct().Count());
        Assert.Equal(grammar.Products.Count, grammar.Products.Select(product => product.Name).Distinct().Count());
        Assert.Equal(["high", "normal", "low"], grammar.Urgencies.Select(urgency => urgency.Name));
    }

    [Fact]
    public void TheSecondLineIsAnotherWorld()
    {
        var kitchen = LineGrammar.Of(ProductLine.Kitchen);
        var network = LineGrammar.Of(ProductLine.Network);
        Assert.Empty(kitchen.Products.Select(product => product.Name).Intersect(network.Products.Select(product => product.Name)));
        var shared = kitchen.Issues.Select(issue => issue.Wording).Intersect(network.Issues.Select(issue => issue.Wording)).Count();
        Assert.InRange(shared, 0, network.Issues.Count / 5);
    }

    [Fact]
    public void RefusesALineThatDoesNotExist() => Assert.Throws<ArgumentOutOfRangeException>(() => LineGrammar.Of((ProductLine)2));

    private static int Times(Phrase phrase) => phrase switch
    {
        Choice choice => choice.Alternatives.Max(Times),
        Sequence sequence => sequence.Parts.Sum(Times),
        Timing => 1,
        _ => 0,
    };

    private static IEnumerable<Choice> Choices(Phrase phrase) => phrase switch
    {
        Choice choice => choice.Alternatives.SelectMany(Choices).Prepend(choice),
        Sequence sequence => sequence.Parts.SelectMany(Choices),
        Timing timing => Choices(timing.Inner),
        _ => [],
    };
}
