using System.Numerics;
using System.Text;

namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>Exactly one text, possibly empty.</summary>
public sealed class Literal(string value) : Phrase
{
    public string Value { get; } = value;

    public override BigInteger Count => BigInteger.One;

    public override BigInteger CountFilled => BigInteger.One;

    public override double Entropy => 0;

    public override void Append(StringBuilder text, ref CounterRandom random) => text.Append(Value);
}
