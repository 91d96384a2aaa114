using System.Numerics;
using System.Text;

namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>Its parts one after the other, drawn independently.</summary>
public sealed class Sequence(IReadOnlyList<Phrase> parts) : Phrase
{
    public IReadOnlyList<Phrase> Parts { get; } = parts;

    public override BigInteger Count { get; } = parts.Aggregate(BigInteger.One, (product, part) => product * part.Count);

    public override BigInteger CountFilled { get; } = parts.Aggregate(BigInteger.One, (product, part) => product * part.CountFilled);

    public override double Entropy { get; } = parts.Sum(part => part.Entropy);

    public override void Append(StringBuilder text, ref CounterRandom random)
    {
        foreach (var part in Parts)
        {
            part.Append(text, ref random);
        }
    }
}
