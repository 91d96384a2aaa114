namespace Reflux.Samples.Helpdesk.Paraphrases;

/// <summary>A short support message with one of its many replies.</summary>
/// <param name="Message">Product, issue, urgency and name.</param>
/// <param name="Answer">One sentence.</param>
public sealed record ParaphraseCase(string Message, string Answer);
