namespace Reflux.Simulation.Tests.Installation;

/// <summary>An invariant does not hold.</summary>
internal sealed class Violation(string message) : Exception(message);
