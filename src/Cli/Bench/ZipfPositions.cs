namespace Reflux.Cli.Bench;

/// <summary>Positions of a teacher whose p is Zipf's law over V ids, permuted anew at every position: p of rank r is proportional to r^−s.</summary>
internal sealed class ZipfPositions
{
    private readonly Random _random = new(1);
    private readonly double[] _probabilities;
    private readonly double[] _cumulative;
    private readonly Half _entropy;

    public ZipfPositions(int vocabulary, double exponent)
    {
        var weights = Enumerable.Range(1, vocabulary).Select(rank => Math.Pow(rank, -exponent)).ToArray();
        var sum = weights.Sum();
        _probabilities = [.. weights.Select(weight => weight / sum)];
        _cumulative = new double[vocabulary];
        var mass = 0.0;
        for (var rank = 0; rank < vocabulary; rank++)
        {
            _cumulative[rank] = mass += _probabilities[rank];
        }

        _entropy = (Half)(-_probabilities.Sum(p => p * Math.Log(p)));
    }

    /// <summary>N draws with replacement.</summary>
    public LabelledPosition Draw(int draws)
    {
        var drawn = Enumerable.Range(0, draws).Select(_ => Rank()).GroupBy(rank => rank).ToDictionary(group => group.Key, group => (ushort)group.Count());
        var ids = Permute([.. drawn.Keys], out var token);
        var ordered = drawn.Keys.Select(rank => (Id: ids[rank], Count: drawn[rank])).OrderBy(pair => pair.Id).ToArray();
        return new(token, [.. ordered.Select(pair => pair.Id)], [.. ordered.Select(pair => pair.Count)], [], 0, _entropy);
    }

    /// <summary>The k most probable ids.</summary>
    public LabelledPosition Top(int most)
    {
        var ids = Permute([.. Enumerable.Range(0, most)], out var token);
        var ordered = Enumerable.Range(0, most).Select(rank => (Id: ids[rank], LogProbability: (float)Math.Log(_probabilities[rank]))).OrderBy(pair => pair.Id).ToArray();
        var tail = (float)Math.Log(1 - _cumulative[most - 1]);
        return new(token, [.. ordered.Select(pair => pair.Id)], [], [.. ordered.Select(pair => pair.LogProbability)], tail, _entropy);
    }

    private int Rank()
    {
        var found = Array.BinarySearch(_cumulative, _random.NextDouble());
        return Math.Min(found < 0 ? ~found : found, _cumulative.Length - 1);
    }

    // what a permutation of all ids makes of some ranks: distinct ids; the answer's own token is drawn from the same p
    private Dictionary<int, int> Permute(int[] ranks, out int token)
    {
        var (ids, taken, own) = (new Dictionary<int, int>(), new HashSet<int>(), Rank());
        foreach (var rank in ranks.Append(own).Distinct())
        {
            int id;
            do
            {
                id = _random.Next(_cumulative.Length);
            }
            while (!taken.Add(id));
            ids[rank] = id;
        }

        token = ids[own];
        return ids;
    }
}
