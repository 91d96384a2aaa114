using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Reflux.Contracts.Definitions;

namespace Reflux.Grains.Definitions;

/// <summary>
/// Sends a grain's definition to the log after the grain has stored it, and keeps trying while the broker is away. The grain never waits for it:
/// its state is the truth, the log follows.
/// </summary>
internal sealed partial class DefinitionAnnouncer(IGrainBase grain, IDefinitionLog log, ILogger logger)
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private Definition? _pending;
    private IGrainTimer? _timer;

    /// <summary>Sends the definition in a turn of its own; a newer one replaces one that still waits.</summary>
    public void Send(Definition definition)
    {
        _pending = definition;
        _timer ??= grain.RegisterGrainTimer(
            TrySendAsync,
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = RetryEvery, Interleave = true, KeepAlive = true });
    }

    private async Task TrySendAsync(CancellationToken cancellationToken)
    {
        if (_pending is not { } definition)
        {
            return;
        }

        try
        {
            await log.AppendAsync(definition, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogRetry(logger, definition.Kind, definition.Name, definition.Revision, error.GetType().Name);
            return;
        }

        if (ReferenceEquals(_pending, definition))
        {
            _pending = null;
            _timer?.Dispose();
            _timer = null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The definition of {Kind} {Name}, revision {Revision}, has not reached the log yet ({Error}); trying again.")]
    private static partial void LogRetry(ILogger logger, DefinitionKind kind, string name, long revision, string error);
}
