using Reflux.Distillation.Training;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>The answer positions of a packed batch: which hidden state predicts which token.</summary>
internal sealed class AnswerTargets
{
    private readonly PackedBatch _batch;
    private readonly long[] _rows;
    private readonly long[] _targets;

    private AnswerTargets(PackedBatch batch, long[] rows, long[] targets)
    {
        _batch = batch;
        _rows = rows;
        _targets = targets;
    }

    /// <summary>P, the number of answer positions.</summary>
    public int Count => _rows.Length;

    public static IReadOnlyList<AnswerTargets> Pack(IReadOnlyList<TeacherSequence> sequences, int rowTokens) =>
    [
        .. SequencePacker.Pack([.. sequences.Select(sequence => sequence.Tokens)], rowTokens).Select(batch =>
        {
            var targets = batch.Sequences
                .SelectMany(placed => Enumerable.Range(sequences[placed.Index].PromptLength, placed.Length - sequences[placed.Index].PromptLength).Select(t => (placed, t)))
                .ToArray();
            return new AnswerTargets(
                batch,
                [.. targets.Select(target => batch.PredictingRow(target.placed, target.t))],
                [.. targets.Select(target => (long)sequences[target.placed.Index].Tokens[target.t])]);
        }),
    ];

    /// <summary>Logits of the answer positions, f32 [P, V].</summary>
    public Tensor Logits(CausalDecoder decoder)
    {
        using var scope = NewDisposeScope();
        var hidden = decoder.Hidden(_batch.IdTensor(CPU), _batch.PositionTensor(CPU), _batch.MaskTensor(CPU));
        var answers = hidden.reshape(-1, hidden.size(-1)).index_select(0, tensor(_rows));
        return decoder.Logits(answers).MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy of the answer tokens, nats, summed over the positions.</summary>
    public Tensor Loss(CausalDecoder decoder)
    {
        using var scope = NewDisposeScope();
        return nn.functional.cross_entropy(Logits(decoder), tensor(_targets), reduction: nn.Reduction.Sum).MoveToOuterDisposeScope();
    }
}
