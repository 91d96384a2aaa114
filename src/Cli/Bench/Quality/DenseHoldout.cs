using Reflux.Distillation.Records;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.Quality;

/// <summary>Held-out sequences with the teacher's whole distribution at every labelled position: what students are compared by.</summary>
internal sealed class DenseHoldout : IDisposable
{
    private readonly List<(TargetBatch Batch, Tensor LogProbabilities)> _batches = [];

    public DenseHoldout(CausalDecoder teacher, IReadOnlyList<LabelledSequence> sequences)
    {
        using var scope = NewDisposeScope();
        var entropy = 0.0;
        foreach (var batch in TargetBatch.Of(sequences))
        {
            var logProbabilities = batch.Logits(teacher).to_type(ScalarType.Float64).log_softmax(-1);
            entropy -= (logProbabilities.exp() * logProbabilities).sum().item<double>();
            Positions += logProbabilities.shape[0];
            _batches.Add((batch, logProbabilities.DetachFromDisposeScope()));
        }

        Entropy = entropy / Positions;
    }

    /// <summary>Labelled positions.</summary>
    public long Positions { get; }

    /// <summary>H(p), nats, mean.</summary>
    public double Entropy { get; }

    /// <summary>−Σ p ln q in nats and α = Σ min(p, q), means over the positions.</summary>
    public (double CrossEntropy, double Acceptance) Measure(CausalDecoder student)
    {
        var (crossEntropy, acceptance) = (0.0, 0.0);
        foreach (var (batch, teacher) in _batches)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var logits = batch.Logits(student).to_type(ScalarType.Float64).log_softmax(-1);
            crossEntropy -= (teacher.exp() * logits).sum().item<double>();
            acceptance += teacher.minimum(logits).exp().sum().item<double>();
        }

        return (crossEntropy / Positions, acceptance / Positions);
    }

    public void Dispose() => _batches.ForEach(batch => batch.LogProbabilities.Dispose());
}
