using System.Collections.Concurrent;
using Reflux.Samples.Helpdesk.Grammar;

namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>The messages and answers of one product line as phrases. A message has one derivation only, so it determines product, issue and urgency.</summary>
public sealed class LineGrammar
{
    /// <summary>Probability of the usual wording at every free choice of an answer.</summary>
    public const double ModeProbability = 0.64;

    private const string Greeting = "[Hi!|Hello!|Hi there!|Hello team!|Good morning.|Good evening.|Dear support team.|Hey!]";

    private const string Close = "[Thanks.|Thank you!|Best regards, {name}.|Thanks, {name}.|Cheers, {name}.|Kind regards, {name}.]";

    private const string Layout =
        Greeting + " {topic} {issue} [|{remark} ]{urgency} [|Order {order}. |My order number is {order}. |The order was {order}. ]" + Close
        + "|{topic} {issue} {urgency} [" + Close + "|{name}]"
        + "|Order {order}. {topic} {issue} [|{remark} ]{urgency} " + Close;

    private static readonly Lazy<LineGrammar> Kitchen = new(() => new LineGrammar(KitchenLine.Definition));
    private static readonly Lazy<LineGrammar> Network = new(() => new LineGrammar(NetworkLine.Definition));

    private readonly LineDefinition _definition;
    private readonly Dictionary<string, Phrase> _wordings;
    private readonly ConcurrentDictionary<(Product, Issue, Urgency), Phrase> _messages = [];
    private readonly ConcurrentDictionary<(Product, Issue, Urgency), Phrase> _answers = [];

    private LineGrammar(LineDefinition definition)
    {
        var parser = new PhraseParser();
        _definition = definition;
        _wordings = definition.Products.Select(product => product.Wording)
            .Concat(definition.Issues.Select(issue => issue.Wording))
            .Concat(definition.Urgencies.Select(urgency => urgency.Wording))
            .Append(definition.Remark)
            .ToDictionary(wording => wording, parser.Parse);
        AllMessages = Compose(
            new Choice([.. Products.Select(product => _wordings[product.Wording])]),
            new Choice([.. Issues.Select(issue => _wordings[issue.Wording])]),
            new Choice([.. Urgencies.Select(urgency => _wordings[urgency.Wording])]));
    }

    public IReadOnlyList<Product> Products => _definition.Products;

    public IReadOnlyList<Issue> Issues => _definition.Issues;

    public IReadOnlyList<Urgency> Urgencies => _definition.Urgencies;

    /// <summary>Every message of the line.</summary>
    public Phrase AllMessages { get; }

    /// <summary>The grammar of <paramref name="line"/>; built once.</summary>
    public static LineGrammar Of(ProductLine line) => line switch
    {
        ProductLine.Kitchen => Kitchen.Value,
        ProductLine.Network => Network.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(line), line, "There are two product lines."),
    };

    /// <summary>The messages about one product and issue at one urgency.</summary>
    public Phrase Messages(Product product, Issue issue, Urgency urgency) => _messages.GetOrAdd(
        (product, issue, urgency),
        key => Compose(_wordings[key.Item1.Wording], _wordings[key.Item2.Wording], _wordings[key.Item3.Wording]));

    /// <summary>The answers to such a message: the routing fields, then a reply whose every choice has a usual alternative of <see cref="ModeProbability"/>.</summary>
    public Phrase Answers(Product product, Issue issue, Urgency urgency) => _answers.GetOrAdd((product, issue, urgency), key =>
    {
        var (about, matter, speed) = key;
        var when = new Timing(Times(speed));
        var parser = new PhraseParser(ModeProbability, new Dictionary<string, Phrase> { ["noun"] = new Literal(matter.Noun), ["when"] = when });
        var routing = new Routing(matter.Intent, about.Name, speed.Name);
        return new Sequence([new Literal(routing + "\n"), parser.Parse(_definition.Replies[matter.Intent])]);
    });

    /// <summary>Entropy of the wording of times, nats; every answer has exactly one.</summary>
    public double TimingEntropy(Urgency urgency) => Times(urgency).Entropy;

    private static Phrase Times(Urgency urgency) => new PhraseParser(ModeProbability).Parse(urgency.Timing);

    private Phrase Compose(Phrase product, Phrase issue, Phrase urgency)
    {
        var topic = new PhraseParser(bindings: new Dictionary<string, Phrase> { ["product"] = product }).Parse(_definition.Topic);
        return new PhraseParser(bindings: new Dictionary<string, Phrase>
        {
            ["topic"] = topic,
            ["issue"] = issue,
            ["urgency"] = urgency,
            ["remark"] = _wordings[_definition.Remark],
        }).Parse(Layout);
    }
}
