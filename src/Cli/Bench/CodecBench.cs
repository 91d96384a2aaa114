using System.Diagnostics;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench;

/// <summary>Size and speed of label records of 64 sequences of 512 labelled positions, on one core.</summary>
internal sealed class CodecBench(int runs, TextWriter progress)
{
    public const string TopKKind = "topk";
    private const int Sequences = 64;
    private const int Length = 512;
    private const int Draws = 50;
    private const int TopIds = 64;
    private const double ZipfExponent = 1.8;

    public IReadOnlyList<CodecSpeed> Run(CancellationToken cancellation)
    {
        progress.WriteLine("label records");
        var (positions, size) = Teacher(cancellation);
        return
        [
            .. new[] { 151_936, 32_000, 2_048 }.Select(vocabulary => Sampled(vocabulary, cancellation)),
            TopK(151_936, cancellation),
            Measure("sampled of the sample teacher", LabelKind.Sampled, Draws, size, positions, cancellation),
        ];
    }

    private CodecSpeed Sampled(int vocabulary, CancellationToken cancellation)
    {
        var zipf = new ZipfPositions(vocabulary, ZipfExponent);
        return Measure("sampled", LabelKind.Sampled, Draws, vocabulary, Repeat(() => zipf.Draw(Draws)), cancellation);
    }

    private CodecSpeed TopK(int vocabulary, CancellationToken cancellation)
    {
        var zipf = new ZipfPositions(vocabulary, ZipfExponent);
        return Measure(TopKKind, LabelKind.TopK, TopIds, vocabulary, Repeat(() => zipf.Top(TopIds)), cancellation);
    }

    private CodecSpeed Measure(
        string kind, LabelKind form, int size, int vocabulary, IReadOnlyList<LabelledPosition> positions, CancellationToken cancellation)
    {
        var spec = new LabelSpec(form, size, 1);
        var record = LabelledPosition.Record(spec, positions, Length, promptLength: 1, vocabulary);
        var prompted = LabelledPosition.Record(spec, positions, Length, promptLength: 2 * Length, vocabulary);
        var (bytes, buffers) = (LabelRecordCodec.Encode(record), new LabelBuffers());
        return new CodecSpeed(
            kind,
            vocabulary,
            positions.Average(position => position.Ids.Length),
            bytes.Length / (double)positions.Count,
            LabelRecordCodec.Encode(prompted).Length / (double)positions.Count,
            positions.Count / Seconds(() => LabelRecordCodec.Encode(record), cancellation),
            positions.Count / Seconds(() => LabelRecordCodec.Decode(bytes, vocabulary, buffers), cancellation));
    }

    /// <summary>The median of the runs, after the code was compiled for good.</summary>
    private double Seconds(Action action, CancellationToken cancellation)
    {
        for (var warm = Stopwatch.StartNew(); warm.Elapsed < TimeSpan.FromSeconds(1);)
        {
            cancellation.ThrowIfCancellationRequested();
            action();
        }

        var seconds = new double[Math.Max(5, runs)];
        for (var run = 0; run < seconds.Length; run++)
        {
            var started = Stopwatch.GetTimestamp();
            action();
            seconds[run] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return seconds.Order().ElementAt(seconds.Length / 2);
    }

    private static LabelledPosition[] Repeat(Func<LabelledPosition> next) => [.. Enumerable.Range(0, Sequences * Length).Select(_ => next())];

    /// <summary>What the helpdesk sample's teacher says of its own answers.</summary>
    private static (IReadOnlyList<LabelledPosition> Positions, int Vocabulary) Teacher(CancellationToken cancellation)
    {
        var lane = new LaneDefinition(new LaneSpec { Name = "bench", Draws = Draws, HoldoutFraction = 0 }, 0, 1);
        var model = LanguageModel.Load(HelpdeskTeacher.Directory, CPU);
        using var engine = new TeacherEngine(model, lane, Guid.Empty, Guid.Empty);
        var (traffic, labelled) = (new HelpdeskTraffic(1), new List<LabelledPosition>());
        while (labelled.Count < Sequences * Length / 4)
        {
            var prompts = Enumerable.Range(0, 32).Select(_ => traffic.Next(ProductLine.Kitchen)).Select((prompt, i) => new TeacherPrompt(
                new Id128((ulong)(labelled.Count + i)), Keyed: false, new Position(new LogId(Guid.Empty, 0), labelled.Count + i), engine.Tokenize(prompt.Text)));
            labelled.AddRange(engine.Answer([.. prompts], cancellation).SelectMany(LabelledPosition.Of));
        }

        // the same positions four times over: sizes and speeds depend on their distribution alone
        return ([.. Enumerable.Repeat(labelled, 4).SelectMany(positions => positions).Take(Sequences * Length)], model.Tokenizer.VocabularySize);
    }
}
