namespace Reflux.Models.Tokenizers.Training;

/// <summary>How often each adjacent pair of ids occurs in a weighted list of words, kept up to date while pairs are merged.</summary>
internal sealed class PairCounts
{
    private readonly List<(int[] Ids, long Count)> _words;
    private readonly Dictionary<Pair, long> _counts = [];
    private readonly Dictionary<Pair, HashSet<int>> _places = [];
    private readonly PriorityQueue<Pair, (long NegativeCount, int Left, int Right)> _queue = new();

    public PairCounts(List<(int[] Ids, long Count)> words)
    {
        _words = words;
        for (int word = 0; word < words.Count; word++)
        {
            Count(word, sign: 1);
        }

        foreach (Pair pair in _counts.Keys)
        {
            Offer(pair);
        }
    }

    /// <summary>Removes and returns the pair with the highest count, of equals the one with the smaller ids; null when none is left.</summary>
    public Pair? TakeMostFrequent(long minimum)
    {
        while (_queue.TryDequeue(out Pair pair, out var priority))
        {
            long count = _counts.GetValueOrDefault(pair);
            if (count == -priority.NegativeCount && count >= minimum)
            {
                return pair;
            }
        }

        return null;
    }

    public void Merge(Pair pair, int merged)
    {
        HashSet<Pair> changed = [];
        foreach (int word in _places[pair].ToArray())
        {
            NotePairs(word, changed);
            Count(word, sign: -1);
            _words[word] = (Merged(_words[word].Ids, pair, merged), _words[word].Count);
            Count(word, sign: 1);
            NotePairs(word, changed);
        }

        foreach (Pair other in changed)
        {
            Offer(other);
        }
    }

    private static int[] Merged(int[] ids, Pair pair, int merged)
    {
        List<int> result = new(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            bool matches = i + 1 < ids.Length && ids[i] == pair.Left && ids[i + 1] == pair.Right;
            result.Add(matches ? merged : ids[i]);
            i += matches ? 1 : 0;
        }

        return [.. result];
    }

    private void NotePairs(int word, HashSet<Pair> pairs)
    {
        int[] ids = _words[word].Ids;
        for (int i = 0; i + 1 < ids.Length; i++)
        {
            pairs.Add(new Pair(ids[i], ids[i + 1]));
        }
    }

    private void Count(int word, int sign)
    {
        (int[] ids, long count) = _words[word];
        for (int i = 0; i + 1 < ids.Length; i++)
        {
            Pair pair = new(ids[i], ids[i + 1]);
            _counts[pair] = _counts.GetValueOrDefault(pair) + (sign * count);
            if (!_places.TryGetValue(pair, out HashSet<int>? places))
            {
                _places.Add(pair, places = []);
            }

            if (sign > 0)
            {
                places.Add(word);
            }
            else
            {
                places.Remove(word);
            }
        }
    }

    private void Offer(Pair pair)
    {
        if (_counts.GetValueOrDefault(pair) is > 0 and var count)
        {
            _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
        }
    }

    public readonly record struct Pair(int Left, int Right);
}
