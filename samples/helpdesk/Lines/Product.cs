namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>A product as the routing field names it, and the template of what customers call it.</summary>
public sealed record Product(string Name, string Wording);
