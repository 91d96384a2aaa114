namespace Orleans.Configuration;

/// <summary>How calls are made.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits; then the outcome is unknown. Default 30 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a call whose caller gave up before it began is dropped. Default true.</summary>
    public bool DropExpiredMessages { get; set; } = true;

    /// <summary>Whether a timeout signals the callee's cancellation token. Default false.</summary>
    public bool CancelRequestOnTimeout { get; set; }

    /// <summary>Whether a cancelled caller waits for the callee to react. Default false.</summary>
    public bool WaitForCancellationAcknowledgement { get; set; }
}
