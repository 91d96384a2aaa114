using System.Diagnostics;
using System.Globalization;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using Reflux.Samples.Helpdesk.Lines;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>
/// Trains the sample teacher: a byte-level BPE tokenizer and a small Llama-architecture decoder that learns the answers of both product
/// lines by cross-entropy, each message once. The same options on the same kind of machine give the same bytes.
/// </summary>
public static class TrainTeacher
{
    private const int ProgressEvery = 25;
    private const double GradientClip = 1.0;

    /// <summary>Trains, writes the model directory with its card, and measures what was written.</summary>
    /// <param name="options">How.</param>
    /// <param name="output">Receives progress lines.</param>
    /// <param name="ct">Gives up between two steps; nothing is written then.</param>
    /// <exception cref="Contracts.Errors.RefluxException">An option is out of range.</exception>
    public static TeacherReport Run(TrainTeacherOptions options, TextWriter output, CancellationToken ct)
    {
        options.Validate();
        set_num_threads(options.Threads);
        var data = new TeacherData(options.Seed);
        var tokenizer = data.TrainTokenizer(options.TokenizerMessages, options.VocabularySize);
        Say(output, $"tokenizer: {tokenizer.VocabularySize} tokens from {options.TokenizerMessages} messages");

        using var decoder = CausalDecoder.CreateFresh(ConfigOf(options, tokenizer), options.Seed, CPU);
        var parameters = decoder.Parameters.Values.Sum(parameter => parameter.numel());
        Say(output, $"decoder: {parameters} parameters");
        decoder.SetTrainable(true);
        var (tokens, finalLoss) = Train(decoder, data, tokenizer, options, output, ct);
        decoder.SetTrainable(false);

        ModelDirectory.Write(options.OutputDirectory, decoder, ScalarType.BFloat16, tokenizer, PromptTemplate.Default);
        using var stored = LanguageModel.Load(options.OutputDirectory, CPU);
        var lines = new List<TeacherLineReport>();
        foreach (var line in Enum.GetValues<ProductLine>())
        {
            var measured = TeacherMeasurement.Measure(stored, data.HeldOut(line, options.HeldOutMessages), ct);
            Say(output, $"{line}: routing {measured.RoutingAccuracy:P1} on {measured.Messages} unseen messages, entropy {measured.Entropy:F3} nats a token");
            lines.Add(measured);
        }
        var report = new TeacherReport(parameters, options.Steps, (long)options.Steps * options.SequencesPerStep, tokens, finalLoss, lines);
        File.WriteAllText(Path.Combine(options.OutputDirectory, ModelCard.FileName), ModelCard.Write(options, report));
        return report;
    }

    private static (long Tokens, double FinalLoss) Train(
        CausalDecoder decoder, TeacherData data, Tokenizer tokenizer, TrainTeacherOptions options, TextWriter output, CancellationToken ct)
    {
        var schedule = new LearningRateSchedule(new TrainingSpec
        {
            LearningRate = options.LearningRate,
            WarmupSteps = options.WarmupSteps,
            Schedule = TrainingSchedules.Cosine,
            ScheduleSteps = options.Steps,
            MinLearningRate = options.LearningRate / 50,
        });
        using var optimizer = new AdamW(decoder.Parameters, new AdamWOptions());
        var clock = Stopwatch.StartNew();
        var recent = new Queue<double>();
        long tokens = 0;
        for (var step = 1; step <= options.Steps; step++)
        {
            ct.ThrowIfCancellationRequested();
            var sequences = data.Next(tokenizer, options.SequencesPerStep);
            var loss = Step(decoder, optimizer, sequences, options.RowTokens, schedule.At(step));
            tokens += sequences.Sum(sequence => sequence.Tokens.Length);
            recent.Enqueue(loss);
            if (recent.Count > 50)
            {
                recent.Dequeue();
            }
            if (step % ProgressEvery == 0 || step == options.Steps)
            {
                Say(output, $"step {step}/{options.Steps}: loss {recent.Average():F3}, {tokens / clock.Elapsed.TotalSeconds:F0} tokens/s");
            }
        }
        return (tokens, recent.Average());
    }

    /// <summary>One optimizer step; the mean cross-entropy, nats for each answer token.</summary>
    private static double Step(CausalDecoder decoder, AdamW optimizer, IReadOnlyList<TeacherSequence> sequences, int rowTokens, double learningRate)
    {
        using var scope = NewDisposeScope();
        var batches = AnswerTargets.Pack(sequences, rowTokens);
        var count = batches.Sum(batch => batch.Count);
        var total = 0.0;
        optimizer.ClearGradients();
        foreach (var batch in batches)
        {
            using var loss = batch.Loss(decoder).Over(count);
            loss.backward();
            total += loss.item<float>();
        }
        GradientClipping.Clip(decoder.Parameters, GradientClip);
        optimizer.Step(learningRate);
        return total;
    }

    private static ModelConfig ConfigOf(TrainTeacherOptions options, Tokenizer tokenizer) => new()
    {
        HiddenSize = options.HiddenSize,
        IntermediateSize = options.IntermediateSize,
        Layers = options.Layers,
        Heads = options.Heads,
        KeyValueHeads = options.KeyValueHeads,
        HeadDim = options.HiddenSize / options.Heads,
        VocabularySize = tokenizer.VocabularySize,
        MaxPositions = options.MaxPositions,
        TieWordEmbeddings = true,
        EosTokenIds = [tokenizer.IdOf(PromptTemplate.EndToken)!.Value],
        Dtype = ScalarType.BFloat16,
    };

    private static void Say(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
