using System.Diagnostics;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Models;
using Reflux.Models.Decoders;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>
/// Times a student's optimizer steps on sequences of one length. Every label is the token that follows with probability 1, so that the loss is the
/// cross entropy that other libraries compute. Every method runs on the compute thread.
/// </summary>
public sealed class TrainingBenchmark : IDisposable
{
    private readonly StudentLearner _learner;
    private readonly LabelledSequence[] _sequences;

    /// <param name="config">The student.</param>
    /// <param name="rows">Sequences a step.</param>
    /// <param name="length">Tokens of each.</param>
    /// <param name="device">Where it trains.</param>
    public TrainingBenchmark(ModelConfig config, int rows, int length, Device device)
    {
        TrainingSpec spec = new() { SequencesPerStep = rows, RowTokens = length, LearningRate = 1e-4, WeightDecay = 0.1, GradientClip = 1 };
        _learner = new StudentLearner(CausalDecoder.CreateFresh(config, seed: 1, device), spec, temperature: 1);
        var random = new Random(1);
        _sequences = [.. Enumerable.Range(0, rows).Select(_ => HardLabels.Of([.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))], promptLength: 1))];
    }

    /// <summary>Takes steps; all of their tokens count, as in the other library.</summary>
    /// <returns>Tokens a second.</returns>
    public double Run(int steps)
    {
        var started = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            _learner.Train(_sequences);
        }

        return steps * _sequences.Sum(sequence => (long)sequence.Tokens.Length) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public void Dispose() => _learner.Dispose();
}
