namespace Reflux.Streaming.Tests;

/// <summary>The embedded broker.</summary>
public sealed class EmbeddedLogTests() : LogSuite(new BrokerFixture());
