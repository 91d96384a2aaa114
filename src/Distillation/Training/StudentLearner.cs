using System.Diagnostics;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Models.Adapters;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>
/// A student's weights, or an adapter beside them, with their optimizer. A step is a pure function of both and of its sequences: no clock, no random
/// draw, no global state enters. Every method runs on the compute thread.
/// </summary>
public sealed class StudentLearner : ILearner
{
    private readonly TrainingSpec _spec;
    private readonly ChunkedHeadLoss _headLoss;
    private readonly LearningRateSchedule _schedule;
    private readonly AdamW _optimizer;
    private readonly IReadOnlyDictionary<string, Tensor> _trained;
    private readonly ComputeCopy? _copy;
    private double _deviceSeconds;

    /// <param name="decoder">In float32; this object's from now on. Where an adapter is attached, only that is trained.</param>
    /// <param name="spec">How.</param>
    /// <param name="temperature">T of the labels.</param>
    public StudentLearner(CausalDecoder decoder, TrainingSpec spec, double temperature)
    {
        Decoder = decoder;
        _trained = decoder.Adapter?.Parameters ?? decoder.Parameters;
        _copy = spec.ComputeDtype == "BF16" ? new ComputeCopy(decoder) : null;
        if (_copy is null)
        {
            SetTrainable(decoder);
        }

        _spec = spec;
        _headLoss = new ChunkedHeadLoss(Objective.Of(spec, temperature), ChunkedHeadLoss.DefaultChunkBytes(decoder.Device));
        _schedule = new LearningRateSchedule(spec);
        _optimizer = new AdamW(_trained, new AdamWOptions(spec.Beta1, spec.Beta2, spec.Epsilon, spec.WeightDecay));
    }

    public CausalDecoder Decoder { get; }

    /// <summary>Optimizer steps taken.</summary>
    public long Step => _optimizer.StepCount;

    /// <summary>Device time spent in steps, seconds, through restarts.</summary>
    public double DeviceSeconds => Volatile.Read(ref _deviceSeconds);

    /// <summary>Puts weights and optimizer back to where a checkpoint was taken.</summary>
    public void Restore(long step, double deviceSeconds, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> optimizer)
    {
        using var noGrad = no_grad();
        foreach (var (name, parameter) in _trained)
        {
            if (!weights.TryGetValue(name, out var stored) || !stored.shape.SequenceEqual(parameter.shape))
            {
                throw new InvalidDataException($"the checkpoint's weights lack {name} or have it in another shape");
            }

            parameter.copy_(stored);
        }

        _copy?.Refresh();
        _optimizer.Restore(step, optimizer);
        _deviceSeconds = deviceSeconds;
    }

    /// <summary>One optimizer step on <paramref name="sequences"/>.</summary>
    /// <param name="sequences">Labelled in one kind, which the objective can be learned from.</param>
    /// <param name="targets">What stands for some of the sequences' labels, for comparisons; null for the labels themselves.</param>
    /// <exception cref="NonFiniteStepException">Loss or gradient is NaN or infinite; weights and optimizer are untouched.</exception>
    public StepResult Train(IReadOnlyList<LabelledSequence> sequences, Func<IReadOnlyList<LabelledSequence>, Device, SoftTargets>? targets = null)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        var labelled = sequences.Sum(sequence => (long)sequence.LabelledTokens);
        if (_spec.CrossEntropyWeight > 0 && sequences.Any(sequence => sequence.Student is not null))
        {
            throw new RefluxException(
                ErrorCodes.InvalidRequest,
                "training.crossEntropyWeight is above 0, and a student wrote some of these answers: their tokens are not the teacher's.",
                "Train with crossEntropyWeight 0 on lanes whose answers students write.");
        }

        var loss = 0.0;
        _optimizer.ClearGradients();
        foreach (var batch in SequencePacker.Pack([.. sequences.Select(sequence => sequence.Tokens)], _spec.RowTokens, _spec.MicroBatchRows))
        {
            loss += Backward(batch, [.. batch.Sequences.Select(place => sequences[place.Index])], labelled, targets ?? SoftTargets.FromLabels);
            _copy?.CollectGradients();
        }

        var norm = GradientClipping.Clip(_trained, _spec.GradientClip);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new NonFiniteStepException(Step + 1, loss, norm);
        }

        var learningRate = _schedule.At(Step + 1);
        _optimizer.Step(learningRate);
        _copy?.Refresh();
        Volatile.Write(ref _deviceSeconds, _deviceSeconds + Stopwatch.GetElapsedTime(started).TotalSeconds);
        return new StepResult(loss, norm, learningRate);
    }

    LoraConfig? ILearner.Adapter => Decoder.Adapter?.Config;

    StepResult ILearner.Train(IReadOnlyList<LabelledSequence> sequences) => Train(sequences);

    /// <summary>The whole student's weights as they are now, an adapter merged, on the CPU, in a dtype; the caller's to dispose.</summary>
    public IReadOnlyDictionary<string, Tensor> CopyWeights(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        return Copy(Decoder.Adapter?.Merge(Decoder.Parameters) ?? Decoder.Parameters, dtype);
    }

    /// <summary>What is trained, as it is now, on the CPU, in float32: the weights, or the adapter's; the caller's to dispose.</summary>
    public IReadOnlyDictionary<string, Tensor> CopyTrained() => Copy(_trained, ScalarType.Float32);

    /// <summary>The optimizer's moments as they are now, on the CPU; the caller's to dispose.</summary>
    public IReadOnlyDictionary<string, Tensor> CopyOptimizer() => Copy(_optimizer.State, ScalarType.Float32);

    public void Dispose()
    {
        _optimizer.Dispose();
        _copy?.Dispose();
        Decoder.Adapter?.Dispose();
        Decoder.Dispose();
    }

    private static SortedDictionary<string, Tensor> Copy(IReadOnlyDictionary<string, Tensor> tensors, ScalarType dtype)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var copies = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, value) in tensors)
        {
            copies.Add(name, value.detach().clone().to_type(dtype).cpu().DetachFromDisposeScope());
        }

        return copies;
    }

    /// <summary>Adds one batch's gradients and returns its share of the loss.</summary>
    private double Backward(
        PackedBatch batch, IReadOnlyList<LabelledSequence> sequences, long labelledInStep, Func<IReadOnlyList<LabelledSequence>, Device, SoftTargets> targets)
    {
        using var scope = NewDisposeScope();
        var decoder = _copy?.Decoder ?? Decoder;
        var device = decoder.Device;
        var rows = tensor(batch.PredictingRows(sequences), device: device);
        var (ids, positions, mask) = (batch.IdTensor(device), batch.PositionTensor(device), batch.MaskTensor(device));
        var recomputed = _spec.RecomputeBlocks ? decoder.HiddenRecomputed(ids, positions, mask) : null;
        var hidden = recomputed?.Hidden ?? decoder.Hidden(ids, positions, mask);
        var states = hidden.reshape(-1, hidden.shape[^1]).index_select(0, rows);

        var (loss, gradient) = _headLoss.Backward(
            states.detach(), decoder.HeadWeight, decoder.TokenCount, targets(sequences, device), labelledInStep, HeadGradient());
        if (recomputed is null)
        {
            states.backward([gradient]);
        }
        else
        {
            recomputed.Backward(zeros_like(hidden).index_copy_(0, rows, gradient));
        }

        return loss;
    }

    /// <summary>Where the head's gradient adds up, in the master's type; null where an adapter is trained.</summary>
    private Tensor? HeadGradient()
    {
        if (Decoder.Adapter is not null)
        {
            return null;
        }

        var head = Decoder.HeadWeight;
        head.grad ??= zeros_like(head);
        return head.grad;
    }

    private static void SetTrainable(CausalDecoder decoder)
    {
        if (decoder.Adapter is { } adapter)
        {
            adapter.SetTrainable(true);
        }
        else
        {
            decoder.SetTrainable(true);
        }
    }
}
