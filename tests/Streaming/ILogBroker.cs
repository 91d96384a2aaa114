namespace Reflux.Streaming.Tests;

/// <summary>A broker of some kind, and connections to it.</summary>
public interface ILogBroker : IAsyncDisposable
{
    /// <summary>Ends a test that hangs.</summary>
    CancellationToken Limit { get; }

    /// <summary>A connection as a process of its own would have it.</summary>
    Task<LogConnection> ConnectAsync();
}
