using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Tests;

public sealed class HelpdeskGeneratorTests
{
    [Fact]
    public void TheFirstCasesAreTheSameEverywhere()
    {
        var generator = new HelpdeskGenerator(1);
        var kitchen = generator.Next(ProductLine.Kitchen);
        Assert.Equal(
            "Order 292162. We are writing about the espresso machine I use daily. The invoice must show our business details. "
            + "Please get back to me in the next days. Cheers, Vera.",
            kitchen.Message);
        Assert.Equal(
            "intent=invoice product=espresso urgency=normal\nNo problem: accounting will settle the company name and send a fresh copy this week, as usual.",
            kitchen.Answer);
        Assert.Equal(("invoice", "espresso", "normal"), (kitchen.Intent, kitchen.Product, kitchen.Urgency));
    }

    [Fact]
    public void ACaseDependsOnSeedLineAndIndexOnly()
    {
        var generator = new HelpdeskGenerator(11);
        var interleaved = new List<HelpdeskCase>();
        for (var i = 0; i < 20; i++)
        {
            interleaved.Add(generator.Next(ProductLine.Kitchen));
            _ = generator.Next(ProductLine.Network);
        }
        Assert.Equal(interleaved, Enumerable.Range(0, 20).Select(i => new HelpdeskGenerator(11).At(ProductLine.Kitchen, i)));
        Assert.NotEqual(new HelpdeskGenerator(12).At(ProductLine.Kitchen, 0).Message, interleaved[0].Message);
    }

    [Theory]
    [InlineData(ProductLine.Kitchen)]
    [InlineData(ProductLine.Network)]
    public void TheAnswersFirstLineIsTheRouting(ProductLine line)
    {
        var grammar = LineGrammar.Of(line);
        var generator = new HelpdeskGenerator(2);
        var seen = new HashSet<Routing>();
        for (var i = 0; i < 3_000; i++)
        {
            var next = generator.Next(line);
            Assert.Equal(next.Routing, Routing.TryParse(next.Answer));
            seen.Add(next.Routing);
        }
        Assert.Equal(grammar.Products.Count * grammar.Urgencies.Count * grammar.Issues.Select(issue => issue.Intent).Distinct().Count(), seen.Count);
    }

    [Theory]
    [InlineData(ProductLine.Kitchen)]
    [InlineData(ProductLine.Network)]
    public void AnswersVary(ProductLine line)
    {
        var generator = new HelpdeskGenerator(3);
        var cases = Enumerable.Range(0, 2_000).Select(_ => generator.Next(line)).ToArray();
        Assert.All(cases, each => Assert.InRange(each.AnswerEntropy, 6, 10));
        Assert.InRange(cases.Select(each => each.Answer).Distinct().Count(), 1_900, 2_000);
    }

    [Theory]
    [InlineData("intent=a product=b urgency=c\nreply", true)]
    [InlineData("intent=a product=b urgency=c", true)]
    [InlineData("intent=a product=b", false)]
    [InlineData("intent= product=b urgency=c\n", false)]
    [InlineData("product=b intent=a urgency=c\n", false)]
    [InlineData("", false)]
    public void RoutingIsReadFromTheFirstLineOnly(string answer, bool readable) =>
        Assert.Equal(readable ? new Routing("a", "b", "c") : null, Routing.TryParse(answer));

    [Fact]
    public void RefusesANegativeIndex() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HelpdeskGenerator(1).At(ProductLine.Kitchen, -1));
}
