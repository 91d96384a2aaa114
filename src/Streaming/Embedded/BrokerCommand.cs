namespace Reflux.Streaming.Embedded;

/// <summary>How to start a process that calls <see cref="EmbeddedBrokerHost.RunAsync"/>, for example <c>reflux broker --data DIR</c>.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record BrokerCommand(string FileName, IReadOnlyList<string> Arguments);
