using System.Text;
using Reflux.Samples.Helpdesk.Grammar;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Helpdesk;

/// <summary>Support messages with their answers. A case is a pure function of (seed, line, index); an instance isn't thread-safe.</summary>
public sealed class HelpdeskGenerator(ulong seed)
{
    private readonly long[] _next = new long[Enum.GetValues<ProductLine>().Length];

    /// <summary>The next case of <paramref name="line"/>; each line counts on its own.</summary>
    public HelpdeskCase Next(ProductLine line) => At(line, _next[(int)line]++);

    /// <summary>The case number <paramref name="index"/> (from 0) of <paramref name="line"/>.</summary>
    public HelpdeskCase At(ProductLine line, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var grammar = LineGrammar.Of(line);
        var random = new CounterRandom(seed, (ulong)line, (ulong)index);
        var product = Pick(grammar.Products, ref random);
        var issue = Pick(grammar.Issues, ref random);
        var urgency = Pick(grammar.Urgencies, ref random);
        var answers = grammar.Answers(product, issue, urgency);
        return new HelpdeskCase(
            line,
            index,
            Write(grammar.Messages(product, issue, urgency), ref random),
            Write(answers, ref random),
            new Routing(issue.Intent, product.Name, urgency.Name),
            answers.Entropy,
            grammar.TimingEntropy(urgency));
    }

    private static T Pick<T>(IReadOnlyList<T> items, ref CounterRandom random) => items[random.NextInt(items.Count)];

    private static string Write(Phrase phrase, ref CounterRandom random)
    {
        var text = new StringBuilder();
        phrase.Append(text, ref random);
        return text.ToString();
    }
}
