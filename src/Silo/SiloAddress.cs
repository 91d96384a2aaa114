namespace Reflux.Silo;

/// <summary>The content of <c>silo.json</c>.</summary>
public sealed record SiloAddress(string Name, string Address, int ProcessId);
