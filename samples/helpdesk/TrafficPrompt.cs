namespace Reflux.Samples.Helpdesk;

/// <summary>One prompt of the demo's traffic.</summary>
/// <param name="Key">Idempotency key: the same prompt has the same key in every run with the same seed.</param>
/// <param name="Text">The support message.</param>
/// <param name="Case">Where it comes from, with the grammar's own answer.</param>
public sealed record TrafficPrompt(string Key, string Text, HelpdeskCase Case);
