using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Evaluation;

/// <summary>
/// Measures a student's α, KL, cross-entropy and agreement on holdout sequences, in batches short enough to be one work item of a compute thread each. The batches
/// depend on the sequences and their order alone.
/// </summary>
/// <param name="decoder">The student; not this object's.</param>
/// <param name="holdout">Sequences with labels in the holdout form.</param>
/// <param name="temperature">T of the labels.</param>
/// <param name="batchTokens">About how many tokens one batch runs.</param>
public sealed class AcceptanceMeasurement(
    CausalDecoder decoder, IReadOnlyList<LabelledSequence> holdout, double temperature, int batchTokens = AcceptanceMeasurement.DefaultBatchTokens)
{
    /// <summary>Takes a tenth of a second or so for a student of a million parameters on two cores.</summary>
    public const int DefaultBatchTokens = 4096;

    private const long MostLogits = 1 << 22;

    private readonly List<List<LabelledSequence>> _batches = Split(holdout, batchTokens);
    private readonly AcceptanceTally _tally = new();

    /// <summary>How many batches there are.</summary>
    public int Batches => _batches.Count;

    /// <summary>Runs one batch, on the calling thread. Each is to be run once, in any order.</summary>
    public void Run(int batch)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var sequences = _batches[batch];
        foreach (var packed in SequencePacker.Pack([.. sequences.Select(sequence => sequence.Tokens)], sequences.Max(sequence => sequence.Tokens.Length)))
        {
            Run(packed, [.. packed.Sequences.Select(place => sequences[place.Index])]);
        }
    }

    /// <summary>All figures over the batches run so far.</summary>
    public AcceptanceReport Report() => _tally.Report();

    /// <summary>The estimates themselves, with KL̂'s half-widths.</summary>
    public AcceptanceTally Tally => _tally;

    private void Run(PackedBatch packed, IReadOnlyList<LabelledSequence> sequences)
    {
        using var scope = NewDisposeScope();
        var device = decoder.Device;
        SoftTargets targets = sequences[0].Labels.Kind is LabelKind.TopK ? TopKTargets.From(sequences, device) : SampledTargets.From(sequences, device);
        var rows = packed.PredictingRows(sequences);
        var hidden = decoder.Hidden(packed.IdTensor(device), packed.PositionTensor(device), packed.MaskTensor(device));
        var states = hidden.reshape(-1, hidden.shape[^1]).index_select(0, tensor(rows, device: device));
        var parts = new List<PositionEstimates>();
        var chunk = Math.Max(1, MostLogits / decoder.Config.VocabularySize);
        for (long start = 0; start < rows.Length; start += chunk)
        {
            using var chunkScope = NewDisposeScope();
            var length = Math.Min(chunk, rows.Length - start);
            var logits = decoder.Logits(states.narrow(0, start, length)).to_type(ScalarType.Float32);
            parts.Add(targets.Narrow(start, length) switch
            {
                TopKTargets top => AcceptanceEstimator.Estimate(logits, top, temperature),
                var drawn => AcceptanceEstimator.Estimate(logits, (SampledTargets)drawn, temperature),
            });
        }

        var estimates = PositionEstimates.Join(parts);
        var at = 0;
        foreach (var sequence in sequences)
        {
            _tally.Add(estimates, at, sequence.Labels.Entropy);
            at += sequence.LabelledTokens;
        }
    }

    private static List<List<LabelledSequence>> Split(IReadOnlyList<LabelledSequence> holdout, int batchTokens)
    {
        var batches = new List<List<LabelledSequence>>();
        var tokens = 0;
        foreach (var sequence in holdout)
        {
            if (batches.Count == 0 || tokens + sequence.Tokens.Length > batchTokens)
            {
                batches.Add([]);
                tokens = 0;
            }

            batches[^1].Add(sequence);
            tokens += sequence.Tokens.Length;
        }

        return batches;
    }
}
