namespace Reflux.Models.Tokenizers.Bpe;

/// <summary>Byte-pair merges over token ids: of all adjacent pairs the strongest rule is applied first, the leftmost of equals.</summary>
internal sealed class MergeTable(IReadOnlyDictionary<(int Left, int Right), (int Rank, int Merged)> rules)
{
    // up to here looking at every pair is faster than keeping a queue
    private const int ShortWord = 32;
    private const int None = int.MaxValue;

    private readonly PairRules _rules = new(rules);

    /// <summary>Merges in place and returns how many ids are left, in O(n log n).</summary>
    public int Apply(Span<int> ids) => ids.Length switch
    {
        < 2 => ids.Length,
        <= ShortWord => ApplyShort(ids),
        _ => ApplyLong(ids),
    };

    private int ApplyShort(Span<int> ids)
    {
        Span<int> ranks = stackalloc int[ShortWord];
        int count = ids.Length;
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = _rules.RankOf(ids[i], ids[i + 1]);
        }

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                best = ranks[i] < ranks[best] ? i : best;
            }

            if (ranks[best] == None)
            {
                break;
            }

            ids[best] = _rules.Merge(ids[best], ids[best + 1]);
            count--;
            ids[(best + 2)..(count + 1)].CopyTo(ids[(best + 1)..]);
            ranks[(best + 1)..count].CopyTo(ranks[best..]);
            if (best > 0)
            {
                ranks[best - 1] = _rules.RankOf(ids[best - 1], ids[best]);
            }

            if (best + 1 < count)
            {
                ranks[best] = _rules.RankOf(ids[best], ids[best + 1]);
            }
        }

        return count;
    }

    private int ApplyLong(Span<int> ids)
    {
        int[] next = new int[ids.Length];
        int[] previous = new int[ids.Length];
        int[] ranks = new int[ids.Length];
        PriorityQueue<int, long> queue = new(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
        }

        for (int i = 0; i < ids.Length; i++)
        {
            Offer(ids, i, next[i], ranks, queue);
        }

        while (queue.TryDequeue(out int left, out long priority))
        {
            // a pair that has changed since it was offered has another rank
            if (ranks[left] != priority >> 32)
            {
                continue;
            }

            int right = next[left];
            ids[left] = _rules.Merge(ids[left], ids[right]);
            ranks[right] = None;
            next[left] = next[right];
            Offer(ids, left, next[left], ranks, queue);
            if (next[left] < ids.Length)
            {
                previous[next[left]] = left;
            }

            if (previous[left] >= 0)
            {
                Offer(ids, previous[left], left, ranks, queue);
            }
        }

        int count = 0;
        for (int i = 0; i < ids.Length; i = next[i])
        {
            ids[count++] = ids[i];
        }

        return count;
    }

    private void Offer(ReadOnlySpan<int> ids, int left, int right, Span<int> ranks, PriorityQueue<int, long> queue)
    {
        ranks[left] = right < ids.Length ? _rules.RankOf(ids[left], ids[right]) : None;
        if (ranks[left] != None)
        {
            queue.Enqueue(left, ((long)ranks[left] << 32) | (uint)left);
        }
    }
}
