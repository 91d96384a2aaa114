using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Helpdesk;

/// <summary>A support message with its answer.</summary>
/// <param name="Line">The product line.</param>
/// <param name="Index">Its number within the line, from 0; with the generator's seed it determines everything else.</param>
/// <param name="Message">What the customer writes.</param>
/// <param name="Answer">The routing line and a short reply.</param>
/// <param name="Routing">The routing fields, determined by the message.</param>
/// <param name="AnswerEntropy">Entropy of the answer given the message, nats, without the wording of times.</param>
/// <param name="TimingEntropy">Entropy of the wording of times in it, nats.</param>
public sealed record HelpdeskCase(
    ProductLine Line, long Index, string Message, string Answer, Routing Routing, double AnswerEntropy, double TimingEntropy)
{
    public string Intent => Routing.Intent;

    public string Product => Routing.Product;

    public string Urgency => Routing.Urgency;
}
