namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>What a message is about.</summary>
/// <param name="Intent">The routing field that the issue belongs to.</param>
/// <param name="Noun">What the reply calls it; names the issue within its line.</param>
/// <param name="Wording">The template of the customer's sentence.</param>
public sealed record Issue(string Intent, string Noun, string Wording);
