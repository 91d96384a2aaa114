using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.Quality;

/// <summary>The sequences of one step with each kind of labels: the same answers, of the same teacher.</summary>
internal sealed class LabelledStep
{
    private readonly IReadOnlyDictionary<Id128, Tensor> _logits;

    private LabelledStep(IReadOnlyList<LabelledSequence> sampled, IReadOnlyList<LabelledSequence> topK, IReadOnlyDictionary<Id128, Tensor> logits)
    {
        (Sampled, TopK, _logits) = (sampled, topK, logits);
        TopKNoTail = [.. topK.Select(sequence => sequence with { Labels = WithoutTail((TopKLabels)sequence.Labels) })];
    }

    /// <summary>Draws.</summary>
    public IReadOnlyList<LabelledSequence> Sampled { get; }

    /// <summary>The k most probable ids, with the tail as one bucket.</summary>
    public IReadOnlyList<LabelledSequence> TopK { get; }

    /// <summary>Biased: the k most probable ids as if there were no others. Only here, to show what the tail is for.</summary>
    public IReadOnlyList<LabelledSequence> TopKNoTail { get; }

    /// <summary>Sampled and top-k labels go through label records, as a student gets them. Its tensors belong to the caller's dispose scope.</summary>
    /// <param name="engine">Wrote the answers and their draws.</param>
    /// <param name="teacher">The same teacher.</param>
    /// <param name="written">The answers with their draws.</param>
    /// <param name="k">Of the top-k labels.</param>
    public static LabelledStep Of(TeacherEngine engine, CausalDecoder teacher, IReadOnlyList<LabelledSequence> written, int k)
    {
        var labeller = new TopKLabeller(k, engine.Labels.Temperature);
        var whole = new Dictionary<Id128, Tensor>();
        var top = new LabelledSequence[written.Count];
        foreach (var batch in TargetBatch.Of(written))
        {
            var logits = batch.Logits(teacher);
            var rows = labeller.Sample(logits, new DrawKey[logits.shape[0]]);
            var row = 0;
            foreach (var index in batch.Members)
            {
                var (sequence, builder) = (written[index], labeller.CreateBuilder(holdout: false));
                whole.Add(sequence.SequenceId, logits.narrow(0, row, sequence.LabelledTokens));
                for (var i = 0; i < sequence.LabelledTokens; i++)
                {
                    builder.Append(rows, row++);
                }

                top[index] = sequence with { Labels = builder.Build() };
            }
        }

        return new LabelledStep(ThroughRecord(engine, engine.Labels, written), ThroughRecord(engine, labeller.Spec, top), whole);
    }

    /// <summary>The teacher's whole distributions, which no log carries.</summary>
    public DenseTargets Dense(IReadOnlyList<LabelledSequence> sequences, Device device) => new(
        cat([.. sequences.Select(sequence => _logits[sequence.SequenceId])]),
        tensor([.. sequences.SelectMany(sequence => sequence.Targets.Select(target => (long)sequence.Tokens[target]))], device: device));

    private static IReadOnlyList<LabelledSequence> ThroughRecord(TeacherEngine engine, LabelSpec spec, IReadOnlyList<LabelledSequence> sequences) =>
        LabelRecordCodec.Decode(LabelRecordCodec.Encode(engine.CreateRecord(Guid.Empty, sequences) with { Labels = spec })).Sequences;

    private static TopKLabels WithoutTail(TopKLabels labels) => new(
        labels.Offsets.ToArray(),
        labels.Ids.ToArray(),
        labels.LogProbabilities.ToArray(),
        [.. Enumerable.Repeat(float.NegativeInfinity, labels.Positions)],
        labels.Entropy.ToArray());
}
