namespace Reflux.Models.Tokenizers;

/// <summary>Byte-pair merges over token ids: of all adjacent pairs the strongest rule is applied first, the leftmost of equals.</summary>
internal sealed class MergeTable(IReadOnlyDictionary<(int Left, int Right), (int Rank, int Merged)> rules)
{
    /// <summary>Merges in place and returns how many ids are left, in O(n log n).</summary>
    public int Apply(Span<int> ids)
    {
        if (ids.Length < 2)
        {
            return ids.Length;
        }

        int[] next = new int[ids.Length];
        int[] previous = new int[ids.Length];
        PriorityQueue<Candidate, (int Rank, int Position)> queue = new();
        for (int i = 0; i < ids.Length; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
        }

        for (int i = 0; i + 1 < ids.Length; i++)
        {
            Offer(ids, i, i + 1, queue);
        }

        while (queue.TryDequeue(out Candidate candidate, out _))
        {
            (int left, int right, int leftId, int rightId, int merged) = candidate;
            if (ids[left] != leftId || next[left] != right || ids[right] != rightId)
            {
                continue;
            }

            ids[left] = merged;
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] < ids.Length)
            {
                previous[next[left]] = left;
                Offer(ids, left, next[left], queue);
            }

            if (previous[left] >= 0)
            {
                Offer(ids, previous[left], left, queue);
            }
        }

        int count = 0;
        for (int i = 0; i < ids.Length; i = next[i])
        {
            ids[count++] = ids[i];
        }

        return count;
    }

    private void Offer(ReadOnlySpan<int> ids, int left, int right, PriorityQueue<Candidate, (int, int)> queue)
    {
        if (rules.TryGetValue((ids[left], ids[right]), out (int Rank, int Merged) rule))
        {
            queue.Enqueue(new Candidate(left, right, ids[left], ids[right], rule.Merged), (rule.Rank, left));
        }
    }

    private readonly record struct Candidate(int Left, int Right, int LeftId, int RightId, int Merged);
}
