using System.Numerics;
using System.Text;

namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>Words for a point in time: a phrase whose choices are left out of <see cref="Phrase.Entropy"/>, as dates are.</summary>
public sealed class Timing(Phrase inner) : Phrase
{
    public Phrase Inner { get; } = inner;

    public override BigInteger Count => Inner.Count;

    public override BigInteger CountFilled => Inner.CountFilled;

    public override double Entropy => 0;

    public override void Append(StringBuilder text, ref CounterRandom random) => Inner.Append(text, ref random);
}
