using Reflux.Distillation.Labels;
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
    private LabelledStep(IReadOnlyList<LabelledSequence> sampled, IReadOnlyList<LabelledSequence> dense, IReadOnlyList<LabelledSequence> topK)
    {
        (Sampled, Dense, TopK) = (sampled, dense, topK);
        TopKNoTail = [.. topK.Select(sequence => sequence with { Labels = WithoutTail((TopKLabels)sequence.Labels) })];
    }

    /// <summary>Draws.</summary>
    public IReadOnlyList<LabelledSequence> Sampled { get; }

    /// <summary>Every id with its ln p: the whole distribution, which no log carries.</summary>
    public IReadOnlyList<LabelledSequence> Dense { get; }

    /// <summary>The k most probable ids, with the tail as one bucket.</summary>
    public IReadOnlyList<LabelledSequence> TopK { get; }

    /// <summary>Biased: the k most probable ids as if there were no others. Only here, to show what the tail is for.</summary>
    public IReadOnlyList<LabelledSequence> TopKNoTail { get; }

    /// <summary>Sampled and top-k labels go through label records, as a student gets them.</summary>
    /// <param name="engine">Wrote the answers and their draws.</param>
    /// <param name="teacher">The same teacher.</param>
    /// <param name="written">The answers with their draws.</param>
    /// <param name="k">Of the top-k labels.</param>
    public static LabelledStep Of(TeacherEngine engine, CausalDecoder teacher, IReadOnlyList<LabelledSequence> written, int k)
    {
        var labeller = new TopKLabeller(k, engine.Labels.Temperature);
        var dense = new LabelledSequence[written.Count];
        var top = new LabelledSequence[written.Count];
        foreach (var batch in TargetBatch.Of(written))
        {
            using var scope = NewDisposeScope();
            var logits = batch.Logits(teacher);
            var logProbabilities = logits.log_softmax(-1).data<float>().ToArray();
            var rows = labeller.Sample(logits, new DrawKey[logits.shape[0]]);
            var row = 0;
            foreach (var index in batch.Members)
            {
                var (sequence, builder) = (written[index], labeller.CreateBuilder(holdout: false));
                var positions = sequence.LabelledTokens;
                dense[index] = sequence with { Labels = Whole(logProbabilities.AsSpan(row * teacher.TokenCount, positions * teacher.TokenCount), sequence) };
                for (var i = 0; i < positions; i++)
                {
                    builder.Append(rows, row++);
                }

                top[index] = sequence with { Labels = builder.Build() };
            }
        }

        return new LabelledStep(ThroughRecord(engine, engine.Labels, written), dense, top);
    }

    private static IReadOnlyList<LabelledSequence> ThroughRecord(TeacherEngine engine, LabelSpec spec, IReadOnlyList<LabelledSequence> sequences) =>
        LabelRecordCodec.Decode(LabelRecordCodec.Encode(engine.CreateRecord(Guid.Empty, sequences) with { Labels = spec })).Sequences;

    private static TopKLabels Whole(ReadOnlySpan<float> logProbabilities, LabelledSequence sequence)
    {
        var positions = sequence.LabelledTokens;
        var vocabulary = logProbabilities.Length / positions;
        var ids = new int[logProbabilities.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = i % vocabulary;
        }

        return new TopKLabels(
            [.. Enumerable.Range(0, positions + 1).Select(position => position * vocabulary)],
            ids,
            logProbabilities.ToArray(),
            [.. Enumerable.Repeat(float.NegativeInfinity, positions)],
            sequence.Labels.Entropy.ToArray());
    }

    private static TopKLabels WithoutTail(TopKLabels labels) => new(
        labels.Offsets.ToArray(),
        labels.Ids.ToArray(),
        labels.LogProbabilities.ToArray(),
        [.. Enumerable.Repeat(float.NegativeInfinity, labels.Positions)],
        labels.Entropy.ToArray());
}
