namespace Reflux.Models.Tokenizers.Bpe;

/// <summary>Merge rules by their pair of ids: an open-addressed table, several times as fast as a dictionary of tuples.</summary>
internal sealed class PairRules
{
    private const ulong Empty = ulong.MaxValue;

    private readonly ulong[] _pairs;
    private readonly (int Rank, int Merged)[] _rules;
    private readonly int _shift;

    public PairRules(IReadOnlyDictionary<(int Left, int Right), (int Rank, int Merged)> rules)
    {
        int bits = 4;
        while (1L << bits < 2L * rules.Count)
        {
            bits++;
        }

        _shift = 64 - bits;
        _pairs = new ulong[1 << bits];
        _rules = new (int, int)[1 << bits];
        Array.Fill(_pairs, Empty);
        foreach (((int left, int right), (int Rank, int Merged) rule) in rules)
        {
            int slot = Slot(Key(left, right));
            (_pairs[slot], _rules[slot]) = (Key(left, right), rule);
        }
    }

    /// <summary>The rank of a pair's rule, the strongest is 0; <see cref="int.MaxValue"/> where there is none.</summary>
    public int RankOf(int left, int right)
    {
        int slot = Slot(Key(left, right));
        return _pairs[slot] == Empty ? int.MaxValue : _rules[slot].Rank;
    }

    /// <summary>What a pair that has a rule becomes.</summary>
    public int Merge(int left, int right) => _rules[Slot(Key(left, right))].Merged;

    private int Slot(ulong key)
    {
        int slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_pairs[slot] != Empty && _pairs[slot] != key)
        {
            slot = (slot + 1) & (_pairs.Length - 1);
        }

        return slot;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
