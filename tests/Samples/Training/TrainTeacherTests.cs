using Reflux.Contracts.Errors;
using Reflux.Models;
using Reflux.Samples.Helpdesk.Training;
using Reflux.Tests.Support;
using static TorchSharp.torch;

namespace Reflux.Samples.Tests.Training;

public sealed class TrainTeacherTests
{
    [Fact]
    public void TheSameOptionsGiveTheSameBytesAndAnotherSeedDoesNot()
    {
        using var directory = new TemporaryDirectory();
        var weights = new List<byte[]>();
        foreach (var (name, seed) in new[] { ("first", 1UL), ("second", 1UL), ("third", 2UL) })
        {
            var options = Tiny(Path.Combine(directory.Path, name)) with { Seed = seed };
            var report = TrainTeacher.Run(options, TextWriter.Null, CancellationToken.None);
            Assert.Equal(12, report.Sequences);
            weights.Add(File.ReadAllBytes(Path.Combine(options.OutputDirectory, "model.safetensors")));
        }
        Assert.Equal(weights[0], weights[1]);
        Assert.NotEqual(weights[0], weights[2]);
    }

    [Fact]
    public void WritesACompleteModelWithItsCard()
    {
        using var directory = new TemporaryDirectory();
        var options = Tiny(directory.Path);
        var output = new StringWriter();
        var report = TrainTeacher.Run(options, output, CancellationToken.None);

        using var model = LanguageModel.Load(directory.Path, CPU);
        Assert.Equal(report.Parameters, model.Decoder.Parameters.Values.Sum(parameter => parameter.numel()));
        Assert.Equal(options.VocabularySize, model.Tokenizer.VocabularySize);
        Assert.Equal([model.Tokenizer.IdOf("<|end|>")!.Value], model.StopTokenIds);
        var card = File.ReadAllText(Path.Combine(directory.Path, "MODEL_CARD.md"));
        Assert.Contains("train-teacher --out teacher --seed 1 --threads 1", card, StringComparison.Ordinal);
        Assert.All(report.Lines, line => Assert.Contains($"| {line.Line} | 4 |", card, StringComparison.Ordinal));
        Assert.Contains("step 3/3", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LearnsFromTheFirstSteps()
    {
        using var directory = new TemporaryDirectory();
        var options = Tiny(directory.Path) with { Steps = 120, WarmupSteps = 5, LearningRate = 1e-2 };
        var report = TrainTeacher.Run(options, TextWriter.Null, CancellationToken.None);
        Assert.InRange(report.FinalLoss, 0, 0.75 * Math.Log(options.VocabularySize));
    }

    [Fact]
    public void GivesUpBetweenStepsAndWritesNothing()
    {
        using var directory = new TemporaryDirectory();
        var target = Path.Combine(directory.Path, "model");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => TrainTeacher.Run(Tiny(target), TextWriter.Null, cancelled.Token));
        Assert.False(Directory.Exists(target));
    }

    [Fact]
    public void OptionsOutOfRangeAreNamed()
    {
        var valid = Tiny("nowhere");
        (TrainTeacherOptions Options, string Name)[] invalid =
        [
            (valid with { VocabularySize = 100 }, "VocabularySize"),
            (valid with { Threads = 0 }, "Threads"),
            (valid with { Heads = 5 }, "Heads"),
            (valid with { KeyValueHeads = 3 }, "KeyValueHeads"),
            (valid with { LearningRate = double.NaN }, "LearningRate"),
            (valid with { Steps = 0 }, "Steps"),
        ];
        foreach (var (options, name) in invalid)
        {
            var error = Assert.Throws<RefluxException>(() => TrainTeacher.Run(options, TextWriter.Null, CancellationToken.None));
            Assert.Equal(ErrorCodes.OptionOutOfRange, error.Code);
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists("nowhere"));
    }

    internal static TrainTeacherOptions Tiny(string directory) => new()
    {
        OutputDirectory = directory,
        Threads = 1,
        VocabularySize = 320,
        HiddenSize = 16,
        IntermediateSize = 32,
        Layers = 1,
        Heads = 2,
        KeyValueHeads = 1,
        Steps = 3,
        SequencesPerStep = 4,
        WarmupSteps = 1,
        TokenizerMessages = 50,
        HeldOutMessages = 4,
    };
}
