using Reflux.Models;
using Reflux.Models.Tokenizers;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;
using Reflux.Samples.Helpdesk.Training;
using static TorchSharp.torch;

namespace Reflux.Samples.Tests;

/// <summary>The committed teacher keeps what its card says.</summary>
public sealed class HelpdeskTeacherTests : IDisposable
{
    private readonly LanguageModel _teacher = LanguageModel.Load(HelpdeskTeacher.Directory, CPU);

    public void Dispose() => _teacher.Dispose();

    [Fact]
    public void IsSmall()
    {
        Assert.InRange(_teacher.Decoder.Parameters.Values.Sum(parameter => parameter.numel()), 500_000, 5_000_000);
        Assert.InRange(new FileInfo(Path.Combine(HelpdeskTeacher.Directory, "model.safetensors")).Length, 1, 10_000_000);
        Assert.True(File.Exists(Path.Combine(HelpdeskTeacher.Directory, "MODEL_CARD.md")));
    }

    [Theory]
    [InlineData(ProductLine.Kitchen)]
    [InlineData(ProductLine.Network)]
    public void RoutesUnseenMessagesAndStaysUncertain(ProductLine line)
    {
        var generator = new HelpdeskGenerator(0xFEED);
        var cases = Enumerable.Range(0, 200).Select(_ => generator.Next(line)).ToArray();
        var measured = TeacherMeasurement.Measure(_teacher, cases, CancellationToken.None);
        Assert.InRange(measured.RoutingAccuracy, 0.95, 1);
        Assert.InRange(measured.EntropyWithoutTimes, 0.2, 0.4);
        Assert.InRange(measured.TrueEntropy, 0.2, 0.4);
        Assert.InRange(measured.CrossEntropy, measured.TrueEntropy, 0.4);
    }

    [Theory]
    [InlineData(ProductLine.Kitchen)]
    [InlineData(ProductLine.Network)]
    public void ItsTokenizerKeepsMessagesAndAnswersShort(ProductLine line)
    {
        var generator = new HelpdeskGenerator(4);
        var sequences = Enumerable.Range(0, 1_000).Select(_ => TeacherSequence.Of(_teacher.Tokenizer, generator.Next(line))).ToArray();
        Assert.InRange(sequences.Average(sequence => sequence.PromptLength), 30, 60);
        Assert.InRange(sequences.Average(sequence => sequence.Tokens.Length - sequence.PromptLength), 25, 45);
    }

    [Fact]
    public void ItsTokenizerIsTheOneThatTheGrammarGives()
    {
        var options = new TrainTeacherOptions { OutputDirectory = "unused" };
        var trained = new TeacherData(options.Seed).TrainTokenizer(options.TokenizerMessages, options.VocabularySize);
        Assert.Equal(trained.Hash, _teacher.Tokenizer.Hash);
    }

    [Fact]
    public void WritesAWholeReply()
    {
        var source = new HelpdeskGenerator(0xFEED).At(ProductLine.Kitchen, 0);
        var prompt = _teacher.Template.Encode(_teacher.Tokenizer, source.Message);
        var answer = Models.Generation.TextGenerator.Generate(
            _teacher.Decoder, [prompt], 64, _teacher.StopTokenIds, Models.Generation.TextGenerator.Greedy, CancellationToken.None)[0];
        Assert.Equal(_teacher.Tokenizer.IdOf(PromptTemplate.EndToken), answer[^1]);
        var text = _teacher.Tokenizer.Decode(answer);
        Assert.Equal(source.Routing, Routing.TryParse(text));
        Assert.EndsWith(".", text, StringComparison.Ordinal);
    }
}
