using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Distillation.Tests.Evaluation;
using Reflux.Models;
using Reflux.Models.Tokenizers;
using Reflux.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Teaching;

public sealed class TeacherEngineTests : IDisposable
{
    private static readonly Guid LaneId = new("01890a5d-ac96-774b-bcce-b302099a8057");
    private static readonly string[] Texts = ["where is my order", "my invoice is wrong", "reset the password please", "the parcel came broken", "cancel it", "hello"];

    private readonly TemporaryDirectory _directory = new();

    public TeacherEngineTests()
    {
        var tokenizer = BpeTrainer.Train(Texts, 300, PromptTemplate.SpecialTokens);
        using var decoder = TinyDecoder.Create(6, tokenizer.VocabularySize);
        ModelDirectory.Write(_directory.Path, decoder, ScalarType.Float32, tokenizer, PromptTemplate.Default);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.7)]
    public void RowsDescribeTheTargetTokenGivenAllBefore(double temperature)
    {
        using var scope = NewDisposeScope();
        using var model = Load();
        using var engine = Engine(Lane(temperature: temperature, holdout: 0.5));

        var sequences = engine.Answer(Prompts(engine), CancellationToken.None);

        Assert.Equal(2, sequences.Select(sequence => sequence.Holdout).Distinct().Count());
        Assert.All(sequences, sequence =>
        {
            var logits = TinyDecoder.Logits(model.Decoder, sequence.Tokens) / temperature;
            var logProbabilities = logits.log_softmax(-1);
            var entropy = logProbabilities.exp().mul(logProbabilities).sum(-1).neg().data<double>().ToArray();
            for (var i = 0; i < sequence.LabelledTokens; i++)
            {
                // the row before the target
                var row = sequence.PromptLength + i - 1;
                Assert.Equal(entropy[row], (double)sequence.Labels.Entropy[i], 5e-3);
                for (var k = sequence.Labels.Offsets[i]; sequence.Holdout && k < sequence.Labels.Offsets[i + 1]; k++)
                {
                    var expected = logProbabilities.narrow(0, row, 1).narrow(1, sequence.Labels.Ids[k], 1).item<double>();
                    Assert.Equal(expected, (double)((SampledLabels)sequence.Labels).LogProbabilities[k], 1e-2);
                }
            }
        });
    }

    [Fact]
    public void AnswersEndWithTheEndTokenOrTheLimit()
    {
        using var model = Load();
        using var engine = Engine(Lane(maxAnswerTokens: 7));

        foreach (var sequence in engine.Answer(Prompts(engine), CancellationToken.None))
        {
            var answer = sequence.Tokens.AsSpan(sequence.PromptLength).ToArray();
            var stop = Array.FindIndex(answer, token => model.StopTokenIds.Contains(token));
            Assert.Equal(answer.Length, sequence.Labels.Positions);
            Assert.True(stop == answer.Length - 1 || (stop < 0 && answer.Length == 7));
        }
    }

    [Fact]
    public void SequencesAreThatOfLaneAndPromptAndPassTheCodec()
    {
        using var engine = Engine(Lane(holdout: 0.5));
        var prompts = Prompts(engine);

        var record = engine.CreateRecord(Guid.NewGuid(), engine.Answer(prompts, CancellationToken.None));
        var read = LabelRecordCodec.Decode(LabelRecordCodec.Encode(record));

        Assert.Equal(new LabelSpec(LabelKind.Sampled, 50, 1), read.Labels);
        Assert.Equal(prompts.Length, read.Sequences.Count);
        foreach (var (prompt, sequence) in prompts.Zip(read.Sequences))
        {
            Assert.Equal(SequenceIdentity.SequenceId(LaneId, prompt.PromptId, 0), sequence.SequenceId);
            Assert.Equal((prompt.PromptId, prompt.Keyed, prompt.Position), (sequence.PromptId, sequence.Keyed, sequence.Prompt));
            Assert.Equal(prompt.Tokens, sequence.Tokens[..sequence.PromptLength]);
            Assert.Equal(HoldoutRule.Contains(LaneId, prompt.Tokens, 0.5), sequence.Holdout);
        }
    }

    [Fact]
    public void ATopKLaneGetsTheSameAnswersWithTheOtherLabels()
    {
        using var sampled = Engine(Lane(holdout: 0.5));
        using var engine = Engine(Lane(holdout: 0.5) with { Spec = Lane(holdout: 0.5).Spec with { Labels = LaneLabels.TopK, TopK = 12 } });
        var prompts = Prompts(engine);

        var record = engine.CreateRecord(Guid.NewGuid(), engine.Answer(prompts, CancellationToken.None));
        var read = LabelRecordCodec.Decode(LabelRecordCodec.Encode(record));

        Assert.Equal(new LabelSpec(LabelKind.TopK, 12, 1), read.Labels);
        foreach (var (sequence, other) in read.Sequences.Zip(sampled.Answer(prompts, CancellationToken.None)))
        {
            Assert.Equal(other.Tokens, sequence.Tokens);
            Assert.Equal(other.Holdout, sequence.Holdout);
            var labels = Assert.IsType<TopKLabels>(sequence.Labels);
            for (var i = 0; i < labels.Positions; i++)
            {
                var kept = labels.Offsets[i]..labels.Offsets[i + 1];
                var mass = labels.LogProbabilities[kept].ToArray().Sum(value => Math.Exp(value)) + Math.Exp(labels.LogTailMass[i]);
                Assert.Equal(12, labels.Ids[kept].Length);
                Assert.Equal(1, mass, 1e-5);
            }
        }
    }

    [Fact]
    public void LabelsDependOnSeedAndIdsNotOnNamesOrRuns()
    {
        using var engine = Engine(Lane());
        using var renamed = Engine(Lane() with { Spec = Lane().Spec with { Name = "other" } });
        using var reseeded = Engine(Lane() with { LabelSeed = 8 });
        var prompts = Prompts(engine);

        var bytes = Encode(engine.Answer(prompts, CancellationToken.None));

        Assert.Equal(bytes, Encode(engine.Answer(prompts, CancellationToken.None)));
        Assert.Equal(bytes, Encode(renamed.Answer(prompts, CancellationToken.None)));
        Assert.NotEqual(bytes, Encode(reseeded.Answer(prompts, CancellationToken.None)));

        byte[] Encode(IReadOnlyList<LabelledSequence> sequences) =>
            LabelRecordCodec.Encode(engine.CreateRecord(Guid.Empty, sequences) with { RecordId = default });
    }

    [Fact]
    public void NeighboursInTheBatchDoNotChangeAnAnswer()
    {
        using var engine = Engine(Lane());
        var prompts = Prompts(engine);

        var together = engine.Answer(prompts, CancellationToken.None);
        var alone = prompts.Select(prompt => engine.Answer([prompt], CancellationToken.None)[0]).ToArray();

        // equal but for the last bits of the logits, which almost never move a draw
        var same = together.Zip(alone).Count(pair => pair.First.Tokens.AsSpan().SequenceEqual(pair.Second.Tokens));
        Assert.InRange(same, prompts.Length - 1, prompts.Length);
    }

    [Fact]
    public void APromptThatLeavesNoRoomIsRefusedWithoutItsText()
    {
        using var engine = Engine(Lane());
        var text = string.Concat(Enumerable.Repeat("xyzzy ", 40));

        var error = Assert.Throws<RefluxException>(() => engine.Tokenize(text));

        Assert.Equal(ErrorCodes.PromptTooLong, error.Code);
        Assert.DoesNotContain("xyzzy", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void CancellationLeavesNothingBehind()
    {
        using var engine = Engine(Lane());
        Assert.Throws<OperationCanceledException>(() => engine.Answer(Prompts(engine), new CancellationToken(canceled: true)));
    }

    private static LaneDefinition Lane(double temperature = 1, double holdout = 0.05, int maxAnswerTokens = 20) =>
        new(new LaneSpec { Name = "support", Temperature = temperature, HoldoutFraction = holdout, MaxAnswerTokens = maxAnswerTokens }, 0, LabelSeed: 7);

    private static TeacherPrompt[] Prompts(TeacherEngine engine) =>
        [.. Texts.Select((text, i) => new TeacherPrompt(new Id128((ulong)i + 1), i % 2 == 0, new Position(new LogId(LaneId, 0), i), engine.Tokenize(text)))];

    private LanguageModel Load() => LanguageModel.Load(_directory.Path, CPU);

    private TeacherEngine Engine(LaneDefinition lane) => new(Load(), lane, LaneId, Guid.Empty);
}
