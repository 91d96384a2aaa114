using System.Numerics;
using Reflux.Samples.Helpdesk.Grammar;

namespace Reflux.Samples.Tests.Grammar;

/// <summary>
/// Counts the different texts of a phrase exactly: the phrase becomes an automaton over characters (a slot is one character of the private
/// use area), which is made deterministic, so that a text that can be derived in two ways is counted once.
/// </summary>
internal sealed class DistinctTexts
{
    private readonly List<List<(char Label, int To)>> _edges = [];
    private readonly List<List<int>> _silent = [];
    private readonly Dictionary<string, BigInteger> _counts = new(StringComparer.Ordinal);
    private readonly int _final;

    private DistinctTexts(Phrase phrase)
    {
        var start = NewState();
        _final = Append(phrase, start);
    }

    public static BigInteger Count(Phrase phrase)
    {
        var automaton = new DistinctTexts(phrase);
        return automaton.CountFrom(automaton.Close([0]));
    }

    private int NewState()
    {
        _edges.Add([]);
        _silent.Add([]);
        return _edges.Count - 1;
    }

    private int Append(Phrase phrase, int from) => phrase switch
    {
        Literal literal => literal.Value.Aggregate(from, AppendCharacter),
        Sequence sequence => sequence.Parts.Aggregate(from, (state, part) => Append(part, state)),
        Choice choice => AppendChoice(choice, from),
        Timing timing => Append(timing.Inner, from),
        Slot slot => AppendCharacter(from, (char)(0xE000 + slot.Name[0])),
        _ => throw new InvalidOperationException(phrase.GetType().Name),
    };

    private int AppendCharacter(int from, char label)
    {
        var to = NewState();
        _edges[from].Add((label, to));
        return to;
    }

    private int AppendChoice(Choice choice, int from)
    {
        var to = NewState();
        foreach (var alternative in choice.Alternatives)
        {
            var start = NewState();
            _silent[from].Add(start);
            _silent[Append(alternative, start)].Add(to);
        }
        return to;
    }

    private int[] Close(IEnumerable<int> states)
    {
        var closed = new SortedSet<int>();
        var open = new Stack<int>(states);
        while (open.TryPop(out var state))
        {
            if (closed.Add(state))
            {
                _silent[state].ForEach(open.Push);
            }
        }
        return [.. closed];
    }

    private BigInteger CountFrom(int[] states)
    {
        var key = string.Join(',', states);
        if (!_counts.TryGetValue(key, out var count))
        {
            count = Array.BinarySearch(states, _final) >= 0 ? BigInteger.One : BigInteger.Zero;
            foreach (var group in states.SelectMany(state => _edges[state]).GroupBy(edge => edge.Label, edge => edge.To))
            {
                count += CountFrom(Close(group));
            }
            _counts.Add(key, count);
        }
        return count;
    }
}
