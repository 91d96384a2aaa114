using Reflux.Models.Tokenizers;
using Reflux.Samples.Helpdesk.Lines;
using Reflux.Samples.Helpdesk.Training;

namespace Reflux.Samples.Tests.Training;

public sealed class TeacherDataTests
{
    [Fact]
    public void BothLinesTakeTurns()
    {
        var data = new TeacherData(1);
        var tokenizer = data.TrainTokenizer(200, 600);
        var texts = data.Next(tokenizer, 40).Select(sequence => tokenizer.Decode(sequence.Tokens)).ToArray();
        foreach (var line in Enum.GetValues<ProductLine>())
        {
            var products = LineGrammar.Of(line).Products.Select(product => $"product={product.Name} ").ToArray();
            Assert.Equal(20, texts.Count(text => products.Any(product => text.Contains(product, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void ASequenceIsThePromptThenTheAnswerThenTheEnd()
    {
        var data = new TeacherData(1);
        var tokenizer = data.TrainTokenizer(200, 600);
        var source = data.HeldOut(ProductLine.Kitchen, 1)[0];
        var sequence = TeacherSequence.Of(tokenizer, source);
        Assert.Equal(PromptTemplate.Default.Encode(tokenizer, source.Message), sequence.Tokens[..sequence.PromptLength]);
        Assert.Equal(source.Answer, tokenizer.Decode(sequence.Tokens[sequence.PromptLength..]));
        Assert.Equal(tokenizer.IdOf("<|end|>"), sequence.Tokens[^1]);
    }

    [Fact]
    public void HeldOutMessagesWereNotTrainedOn()
    {
        var data = new TeacherData(5);
        var tokenizer = data.TrainTokenizer(100, 400);
        var trained = data.Next(tokenizer, 400).Select(sequence => tokenizer.Decode(sequence.Tokens[..sequence.PromptLength])).ToHashSet();
        var held = data.HeldOut(ProductLine.Network, 200);
        Assert.Equal(200, held.Count);
        Assert.DoesNotContain(held, each => trained.Contains(each.Message));
    }
}
