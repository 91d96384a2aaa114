using Reflux.Samples.Helpdesk.Paraphrases;

namespace Reflux.Samples.Tests.Paraphrases;

public sealed class ParaphraseGeneratorTests
{
    [Fact]
    public void TheFirstCaseIsTheSameEverywhere()
    {
        var first = new ParaphraseGenerator(1).At(0);
        Assert.Equal("juicer, double charge, low, Pavel", first.Message);
        Assert.Equal("Okay, advisers calmly test the bent juicer later and forward samples locally.", first.Answer);
        Assert.Equal(first, new ParaphraseGenerator(1).At(0));
        Assert.NotEqual(first, new ParaphraseGenerator(2).At(0));
    }

    [Fact]
    public void EachSlotHasSixteenWordsOfItsOwn()
    {
        Assert.All(ReplyWords.Slots, words => Assert.Equal(ReplyWords.Alternatives, words.Distinct().Count()));
    }

    [Fact]
    public void WordsFollowTheZipfLawInAnOrderThatDependsOnTheMessage()
    {
        const int Cases = 20_000;
        var generator = new ParaphraseGenerator(3);
        var byIssue = Enumerable.Range(0, Cases).Select(i => generator.At(i)).GroupBy(each => each.Message.Split(", ")[1], each => each.Answer.Split(',')[0]).ToArray();
        var weights = Enumerable.Range(1, ReplyWords.Alternatives).Select(rank => Math.Pow(rank, -ParaphraseGenerator.Exponent)).ToArray();
        var hits = byIssue.Sum(openers => openers.GroupBy(word => word).Max(word => word.Count()));

        var usual = weights[0] / weights.Sum();
        Assert.InRange(hits / (double)Cases, usual - 0.015, usual + 0.015);
        Assert.True(byIssue.Select(openers => openers.GroupBy(word => word).MaxBy(word => word.Count())!.Key).Distinct().Count() > 5);
        Assert.Equal(ReplyWords.Slots.Count * -weights.Sum(weight => weight / weights.Sum() * Math.Log(weight / weights.Sum())), ParaphraseGenerator.AnswerEntropy, 1e-9);
    }
}
