using Reflux.Samples.Helpdesk.Grammar;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Helpdesk.Paraphrases;

/// <summary>
/// The sample with an undecided author: most words of a reply are drawn from sixteen, by a Zipf law whose order depends on issue, urgency or
/// product. A teacher of it stays uncertain at T = 1, which is what soft labels are for. A case is a pure function of (seed, index).
/// </summary>
public sealed class ParaphraseGenerator(ulong seed)
{
    /// <summary>s of the Zipf law: the word of rank r has a probability in proportion to r^−s.</summary>
    public const double Exponent = 1.8;

    // apart from the lines' own streams
    private const ulong Stream = 0x70617261;
    private const ulong OrderStream = 0x6f72646572;

    private static readonly ProductLine[] Lines = Enum.GetValues<ProductLine>();
    private static readonly double[] Cumulative = CumulativeZipf(ReplyWords.Alternatives);

    /// <summary>Entropy of a reply given its message, nats.</summary>
    public static double AnswerEntropy { get; } = ReplyWords.Slots.Count * Entropy();

    /// <summary>The case number <paramref name="index"/>, from 0.</summary>
    public ParaphraseCase At(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var random = new CounterRandom(seed, Stream, (ulong)index);
        var line = LineGrammar.Of(Lines[random.NextInt(Lines.Length)]);
        var product = random.NextInt(line.Products.Count);
        var issue = random.NextInt(line.Issues.Count);
        var urgency = random.NextInt(line.Urgencies.Count);
        var name = Slot.Customer.Text(random.NextInt(Slot.Customer.Capacity));
        var words = new string[ReplyWords.Slots.Count];
        for (var slot = 0; slot < words.Length; slot++)
        {
            var first = new CounterRandom(OrderStream, (ulong)slot, (ulong)(slot % 3 == 0 ? issue : slot % 3 == 1 ? urgency : product)).NextInt(ReplyWords.Alternatives);
            words[slot] = ReplyWords.Slots[slot][(first + Rank(random.NextDouble())) % ReplyWords.Alternatives];
        }

        var about = line.Products[product].Name;
        return new ParaphraseCase(
            $"{about}, {line.Issues[issue].Noun}, {line.Urgencies[urgency].Name}, {name}",
            $"{words[0]}, {words[1]} {words[2]} {words[3]} the {words[4]} {about} {words[5]} and {words[6]} {words[7]} {words[8]}.");
    }

    private static int Rank(double uniform) => Math.Min(Cumulative.Count(bound => bound <= uniform), Cumulative.Length - 1);

    private static double[] CumulativeZipf(int count)
    {
        double[] weights = [.. Enumerable.Range(1, count).Select(rank => Math.Pow(rank, -Exponent))];
        var (total, sum) = (weights.Sum(), 0.0);
        return [.. weights.Select(weight => (sum += weight) / total)];
    }

    private static double Entropy() => -Cumulative.Select((bound, rank) => bound - (rank == 0 ? 0 : Cumulative[rank - 1])).Sum(p => p * Math.Log(p));
}
