using System.Numerics;
using System.Text;

namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>One of its alternatives; the first has probability <c>first</c>, the others share the rest evenly.</summary>
public sealed class Choice : Phrase
{
    /// <summary>Alternatives of equal probability.</summary>
    public Choice(IReadOnlyList<Phrase> alternatives)
        : this(alternatives, 1.0 / alternatives.Count)
    {
    }

    /// <exception cref="ArgumentException">There are fewer than two alternatives.</exception>
    public Choice(IReadOnlyList<Phrase> alternatives, double first)
    {
        if (alternatives.Count < 2)
        {
            throw new ArgumentException("A choice needs two alternatives at least.", nameof(alternatives));
        }
        Alternatives = alternatives;
        First = first;
        Count = alternatives.Aggregate(BigInteger.Zero, (sum, each) => sum + each.Count);
        CountFilled = alternatives.Aggregate(BigInteger.Zero, (sum, each) => sum + each.CountFilled);
        var other = (1 - first) / (alternatives.Count - 1);
        Entropy = (first * (alternatives[0].Entropy - Math.Log(first)))
            + alternatives.Skip(1).Sum(each => other * (each.Entropy - Math.Log(other)));
    }

    public IReadOnlyList<Phrase> Alternatives { get; }

    /// <summary>Probability of the first alternative.</summary>
    public double First { get; }

    public override BigInteger Count { get; }

    public override BigInteger CountFilled { get; }

    public override double Entropy { get; }

    public override void Append(StringBuilder text, ref CounterRandom random)
    {
        var chosen = random.NextDouble() < First ? 0 : 1 + random.NextInt(Alternatives.Count - 1);
        Alternatives[chosen].Append(text, ref random);
    }
}
