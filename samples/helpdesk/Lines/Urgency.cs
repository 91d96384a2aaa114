namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>How soon the customer needs an answer.</summary>
/// <param name="Name">The routing field.</param>
/// <param name="Wording">The template of the customer's sentence.</param>
/// <param name="Timing">The template of when the reply promises something.</param>
public sealed record Urgency(string Name, string Wording, string Timing);
