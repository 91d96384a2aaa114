using System.Numerics;
using System.Text;

namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>A finite set of texts with a probability each: a literal, a sequence, a choice, or a slot that is filled in with a number, a date or a name.</summary>
public abstract class Phrase
{
    /// <summary>How many derivations there are, each slot counted as one text.</summary>
    public abstract BigInteger Count { get; }

    /// <summary>How many derivations there are with all slots filled in.</summary>
    public abstract BigInteger CountFilled { get; }

    /// <summary>Entropy, nats, of the choices; neither slots nor the choices inside a <see cref="Timing"/> count.</summary>
    public abstract double Entropy { get; }

    /// <summary>Appends one text, drawn with <paramref name="random"/>.</summary>
    public abstract void Append(StringBuilder text, ref CounterRandom random);
}
