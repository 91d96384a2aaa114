using System.CommandLine;
using Reflux.Cli.Bench;
using Reflux.Cli.Bench.HeadLoss;
using Reflux.Cli.Bench.Quality;
using Reflux.Cli.Output;
using Reflux.Distillation.Compute;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux bench`: speeds and sizes, beside a peer's.</summary>
internal static class BenchVerb
{
    public static Command Create() => new("bench", """
        Measure speeds and sizes beside a peer's.

        Examples:
          reflux bench models
          reflux bench labels --json
          reflux bench log
        """) { Models(), Labels(), LogBenchVerb.Create(), HeadLoss() };

    private static Command Models()
    {
        var runs = Runs();
        var python = Python();
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("models", """
            Training, cached generation and tokenizing, in turns with eager PyTorch (tests/reference/benchmark.py) on the same shapes, threads and BLAS. Takes
            about two minutes; wants the machine for itself.

            Examples:
              reflux bench models
              reflux bench models --runs 9 --json
            """) { runs, python, threads, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var count = parsed.GetValue(threads);
            using var compute = new ComputeThread(new ComputeOptions { Threads = count });
            using var reference = await ReferenceProcess.StartAsync(parsed.GetRequiredValue(python), count, cancellation);
            var report = await new ModelsBench(compute, reference, parsed.GetValue(runs), Console.Error).RunAsync(cancellation);
            Printer.JsonOr(parsed.GetValue(json), report, Print);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Labels()
    {
        var runs = Runs();
        var (threads, python) = (CommonOptions.Threads(), Python());
        var quality = new Option<bool>("--quality") { Description = "Also train students on each kind of label and compare them; takes much longer." };
        var json = CommonOptions.Json();
        var command = new Command("labels", """
            Size and speed of soft labels: records on the log, and head and loss in chunks beside the naive ones. Wants the machine for itself.

            Examples:
              reflux bench labels
              reflux bench labels --quality --json

            Exit codes: 0 every bar reached, 1 not (the message says which), 130 stopped by Ctrl-C.
            """) { runs, python, threads, quality, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var report = await new LabelsBench(parsed.GetValue(runs), parsed.GetValue(threads), parsed.GetRequiredValue(python), Console.Error).RunAsync(parsed.GetValue(quality), cancellation);
            Printer.JsonOr(parsed.GetValue(json), report, Print);
            return Verdict.Of("bench", report.Missed);
        });
        return command;
    }

    private static Command HeadLoss()
    {
        var standard = HeadLossShape.Standard;
        var (tokens, hidden, vocabulary) = (Size("--tokens", "Labelled positions.", standard.Tokens), Size("--hidden", "Width of the states.", standard.Hidden), Size("--vocabulary", "Rows of the head.", standard.Vocabulary));
        var dtype = new Option<string>("--dtype") { Description = "f32 or bf16: type of states and head.", DefaultValueFactory = _ => standard.Dtype };
        dtype.AcceptOnlyFromAmong("f32", "bf16");
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:n.", DefaultValueFactory = _ => standard.Device };
        var naive = new Option<bool>("--naive") { Description = "Not in chunks; the gradients are compared." };
        var threads = CommonOptions.Threads();
        var command = new Command("head-loss", """
            One measurement of head and loss in a process of its own, as JSON: what `bench labels` runs in turns.

            Examples:
              reflux bench head-loss --tokens 512
              reflux bench head-loss --naive
              reflux bench head-loss --tokens 8192 --hidden 4096 --dtype bf16 --device cuda
            """) { tokens, hidden, vocabulary, dtype, device, naive, threads };
        command.SetAction(async (parsed, cancellation) =>
        {
            var shape = new HeadLossShape(parsed.GetValue(tokens), parsed.GetValue(hidden), parsed.GetValue(vocabulary), parsed.GetRequiredValue(dtype), parsed.GetRequiredValue(device));
            using var compute = new ComputeThread(new ComputeOptions { Threads = parsed.GetValue(threads), Device = shape.Device });
            Printer.Json(await compute.RunAsync(ComputeQueue.Trainer, () => HeadLossRun.Measure(shape, parsed.GetValue(naive), compute.Device), cancellation));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Option<int> Size(string name, string description, int standard)
    {
        var size = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        size.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= 16 and <= 1 << 20))
            {
                result.AddError($"{name}: between 16 and 1048576");
            }
        });
        return size;
    }

    private static Option<string> Python() => new("--python") { Description = "A Python with torch.", DefaultValueFactory = _ => "/usr/bin/python3" };

    internal static Option<int> Runs(int standard = 5)
    {
        var runs = new Option<int>("--runs") { Description = "Runs of each side, in turns; the medians count.", DefaultValueFactory = _ => standard };
        runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= 1 and <= 1000))
            {
                result.AddError("--runs: between 1 and 1000");
            }
        });
        return runs;
    }

    private static void Print(LabelsReport report)
    {
        foreach (var codec in report.Codec ?? [])
        {
            Console.Out.WriteLine(
                $"{codec.Kind}, vocabulary {codec.Vocab:N0}: {codec.UniqueIds:0.0} ids, {codec.BytesPerToken:0.0} bytes a position ({codec.BytesPerTokenWithPrompts:0.0} with prompts), "
                + $"encoding {codec.EncodeTokensPerSecond / 1e6:0.0} M/s, decoding {codec.DecodeTokensPerSecond / 1e6:0.0} M/s");
        }

        if (report.ChunkedLoss is { } chunked)
        {
            Console.Out.WriteLine($"head and loss in chunks: {chunked.PeakBytesRatio:p1} of the naive memory, {chunked.TimeRatio:0.00} of its time, gradients within {chunked.MaxGradError:0.0e0}");
            Console.Out.WriteLine(
                $"  {chunked.PeakBytes / 1048576:0} and {chunked.NaivePeakBytes / 1048576:0} MiB, {chunked.Seconds:0.00} s (spread {chunked.Spread:p0}) and {chunked.NaiveSeconds:0.00} s ({chunked.NaiveSpread:p0})"
                + (chunked is { ReferencePeakBytesRatio: { } peak, ReferenceTimeRatio: { } time } ? $"; of PyTorch's {peak:p1} and {time:0.00}" : ""));
        }

        if (report.Quality is { } quality)
        {
            Print(quality);
        }
    }

    private static void Print(LabelQuality quality)
    {
        Console.Out.WriteLine(FormattableString.Invariant($"students of a teacher with entropy {quality.Entropy:0.00} nats, {quality.UniqueIds:0.0} unique ids a position; held-out cross-entropy, nats:"));
        Printer.Table(
            ["labelled tokens", "dense alpha", .. quality.Budgets[0].CrossEntropy.Keys],
            quality.Budgets.Select(budget => (string[])
            [
                FormattableString.Invariant($"{budget.Tokens:N0}"),
                FormattableString.Invariant($"{budget.DenseAcceptance:0.000}"),
                .. budget.CrossEntropy.Select(arm => budget.Gaps.TryGetValue(arm.Key, out var gap)
                    ? FormattableString.Invariant($"{arm.Value:0.0000} ({gap.Mean:+0.0000;-0.0000}, {gap.Low:0.0000} to {gap.High:0.0000})")
                    : FormattableString.Invariant($"{arm.Value:0.0000}")),
            ]));
    }

    private static void Print(BenchReport report)
    {
        foreach (var train in report.Train)
        {
            Console.Out.WriteLine(Line($"training, {train.Parameters:N0} parameters", train.TokensPerSecond, train.ReferenceTokensPerSecond, train.Ratio, train.Spread, train.ReferenceSpread));
        }

        var generate = report.Generate;
        Console.Out.WriteLine(Line("generation, batch 16", generate.TokensPerSecond, generate.ReferenceTokensPerSecond, generate.Ratio, generate.Spread, generate.ReferenceSpread));
        Console.Out.WriteLine($"tokenizer: {report.Tokenizer.MbPerSecond:0.0} MB/s of new text, {report.Tokenizer.WarmMbPerSecond:0.0} of text seen before (the slowest of all styles)");
        Console.Out.WriteLine($"{report.Setting.Runs} runs in turns, {report.Setting.Threads} threads, {report.Setting.Torch} on {report.Setting.Blas}, reference {report.Setting.ReferenceTorch} on {report.Setting.ReferenceBlas}");
    }

    private static string Line(string what, double ours, double theirs, double ratio, double spread, double referenceSpread) =>
        $"{what}: {ours:0} tokens/s (spread {spread:p0}), reference {theirs:0} ({referenceSpread:p0}), ratio {ratio:0.00}";
}
