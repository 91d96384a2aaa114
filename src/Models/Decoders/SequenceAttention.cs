using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>
/// Each sequence attends to itself, causally; without gradients. Queries go block by block, and a block meets only the keys that it can see, so that no
/// [T,T] is ever held. Keys and values are stored where a cache is given: the token at position p in column p of its sequence's row.
/// </summary>
internal sealed class SequenceAttention(ModelConfig config, FlatSequences sequences, KeyValueCache? cache) : AttentionPattern(config)
{
    private const long MostScores = 1 << 23;

    public override Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        Tensor[] attended = [.. sequences.Runs.Select(run => Attend(layer, run, Part(queries, run), Part(keys, run), Part(values, run)))];
        return attended.Length == 1 ? attended[0] : cat(attended);
    }

    /// <summary>[count,T,heads,d] of a run.</summary>
    private Tensor Part(Tensor flat, FlatRun run) =>
        flat.narrow(0, run.Offset, (long)run.Count * run.Length).view(run.Count, run.Length, flat.size(1), Width);

    private Tensor Attend(int layer, FlatRun run, Tensor queries, Tensor keys, Tensor values)
    {
        keys = keys.transpose(1, 2);
        values = values.transpose(1, 2);
        long batch = (long)run.Count * KeyValueHeads;
        (keys, values) = cache is null
            ? (keys.reshape(batch, run.Length, Width), values.reshape(batch, run.Length, Width))
            : cache.Fill(layer, run.Row, keys, values);
        int block = (int)Math.Clamp(MostScores / (batch * Groups * run.Length), 1, run.Length);
        List<Tensor> blocks = [];
        for (int start = 0; start < run.Length; start += block)
        {
            int end = Math.Min(run.Length, start + block);
            int first = WindowOf(layer) is { } window ? Math.Max(0, start - window + 1) : 0;
            blocks.Add(Block(layer, queries.narrow(1, start, end - start), keys.narrow(1, first, end - first), values.narrow(1, first, end - first), start - first));
        }

        Tensor all = blocks.Count == 1 ? blocks[0] : cat(blocks, 1);
        return all.reshape((long)run.Count * run.Length, (long)KeyValueHeads * Groups * Width);
    }

    /// <summary>[count,t,key-value heads,groups,d] of t queries, the first of which stands at column <paramref name="column"/> of the keys given.</summary>
    private Tensor Block(int layer, Tensor queries, Tensor keys, Tensor values, int column)
    {
        using var scope = NewDisposeScope();
        long count = queries.size(0);
        long length = queries.size(1);
        long span = keys.size(1);
        Tensor seen = ones(length, span, ScalarType.Bool, queries.device).tril(column);
        if (WindowOf(layer) is { } window)
        {
            seen = seen.triu(column - window + 1);
        }

        Tensor scores = queries.view(count, length, KeyValueHeads, Groups, Width).permute(0, 2, 3, 1, 4).reshape(count * KeyValueHeads, Groups * length, Width)
            .bmm(keys.transpose(1, 2)).view(count, KeyValueHeads, Groups, length, span).masked_fill_(seen.logical_not(), Scalars.NegativeInfinity);
        return scores.softmax(-1).view(count * KeyValueHeads, Groups * length, span).bmm(values)
            .view(count, KeyValueHeads, Groups, length, Width).permute(0, 3, 1, 2, 4).MoveToOuterDisposeScope();
    }
}
