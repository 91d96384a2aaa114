using System.Diagnostics;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using Reflux.Models.Tokenizers;

namespace Reflux.Cli.Bench;

/// <summary>Measures training, generation and tokenizing, in turns with the peer: a run of ours, one of theirs, and again.</summary>
internal sealed class ModelsBench(ComputeThread compute, ReferenceProcess reference, int runs, TextWriter progress)
{
    private const int Rows = 8;
    private const int Length = 128;
    private const int Batch = 16;
    private const int PromptLength = 32;
    private const int AnswerLength = 64;

    private static readonly ModelConfig Small = Shape(hidden: 256, intermediate: 704, layers: 5, heads: 8);
    private static readonly ModelConfig Medium = Shape(hidden: 512, intermediate: 1376, layers: 8, heads: 8);

    public async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        TrainSpeed[] train = [await TrainAsync(Small, steps: 4, cancellation), await TrainAsync(Medium, steps: 1, cancellation)];
        var generate = await GenerateAsync(Small, cancellation);
        var tokenizer = Tokenize();
        return new BenchReport(train, generate, tokenizer, new BenchSetting(runs, compute.Threads, compute.Environment.Torch, compute.Environment.Blas, reference.Torch, reference.BlasName));
    }

    private async Task<TrainSpeed> TrainAsync(ModelConfig config, int steps, CancellationToken cancellation)
    {
        using var ours = await OnComputeAsync(() => new TrainingBenchmark(config, Rows, Length, compute.Device), cancellation);
        var (speed, theirs) = await InTurnsAsync(
            $"training at {Parameters(config):N0} parameters",
            () => OnComputeAsync(() => ours.Run(steps), cancellation),
            new { Task = "train", Config = Request(config), Rows, Length, Steps = steps },
            cancellation);
        return new TrainSpeed(Parameters(config), RunStatistics.Median(speed), RunStatistics.Median(theirs), RunStatistics.Median(speed) / RunStatistics.Median(theirs), RunStatistics.Spread(speed), RunStatistics.Spread(theirs));
    }

    private async Task<GenerateSpeed> GenerateAsync(ModelConfig config, CancellationToken cancellation)
    {
        using var decoder = await OnComputeAsync(() => CausalDecoder.CreateFresh(config, seed: 1, compute.Device), cancellation);
        var random = new Random(2);
        int[][] prompts = [.. Enumerable.Range(0, Batch).Select(_ => (int[])[.. Enumerable.Range(0, PromptLength).Select(_ => random.Next(config.VocabularySize))])];
        var (speed, theirs) = await InTurnsAsync(
            "generation",
            () => OnComputeAsync(
                () => TokensPerSecond(() => TextGenerator.Generate(decoder, prompts, AnswerLength, [], TextGenerator.Greedy, cancellation).Sum(answer => answer.Length)), cancellation),
            new { Task = "generate", Config = Request(config), Batch, PromptLength, AnswerLength },
            cancellation);
        return new GenerateSpeed(RunStatistics.Median(speed), RunStatistics.Median(theirs), RunStatistics.Median(speed) / RunStatistics.Median(theirs), RunStatistics.Spread(speed), RunStatistics.Spread(theirs));
    }

    private TokenizerRate Tokenize()
    {
        IReadOnlyList<TokenizerSpeed> styles = TokenizerSpeed.MeasureAll();
        foreach (var speed in styles)
        {
            progress.WriteLine($"tokenizing, {speed.Style}: {speed.ColdMegabytesPerSecond:0.0} MB/s of new text, {speed.WarmMegabytesPerSecond:0.0} of text seen before");
        }

        return new TokenizerRate(styles.Min(speed => speed.ColdMegabytesPerSecond), styles.Min(speed => speed.WarmMegabytesPerSecond));
    }

    /// <summary>The first run of each warms it up and does not count.</summary>
    private async Task<(double[] Ours, double[] Theirs)> InTurnsAsync(string what, Func<Task<double>> ours, object request, CancellationToken cancellation)
    {
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var run = 0; run <= runs; run++)
        {
            mine.Add(await ours());
            theirs.Add(await reference.RunAsync(request, cancellation));
            progress.WriteLine($"{what}, {(run == 0 ? "warm-up" : $"run {run}")}: {mine[^1]:0} tokens/s, reference {theirs[^1]:0}");
        }

        return ([.. mine.Skip(1)], [.. theirs.Skip(1)]);
    }

    private Task<T> OnComputeAsync<T>(Func<T> work, CancellationToken cancellation) => compute.RunAsync(ComputeQueue.Trainer, work, cancellation);

    private static double TokensPerSecond(Func<long> work)
    {
        var started = Stopwatch.GetTimestamp();
        return work() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static long Parameters(ModelConfig config) =>
        ((long)config.VocabularySize * config.HiddenSize) + config.HiddenSize
        + (config.Layers * ((2L * config.HiddenSize * config.HeadDim * (config.Heads + config.KeyValueHeads)) + (3L * config.HiddenSize * config.IntermediateSize) + (2 * config.HiddenSize)));

    private static ModelConfig Shape(int hidden, int intermediate, int layers, int heads) => new()
    {
        HiddenSize = hidden,
        IntermediateSize = intermediate,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = heads / 2,
        HeadDim = hidden / heads,
        VocabularySize = 2048,
        MaxPositions = 256,
        TieWordEmbeddings = true,
    };

    private static object Request(ModelConfig config) => new
    {
        hidden = config.HiddenSize,
        intermediate = config.IntermediateSize,
        layers = config.Layers,
        heads = config.Heads,
        kvHeads = config.KeyValueHeads,
        width = config.HeadDim,
        vocabulary = config.VocabularySize,
    };
}
