namespace Reflux.Models.Generation;

/// <summary>What ended an answer.</summary>
public enum StopReason
{
    /// <summary>A stop token, the answer's last.</summary>
    StopToken,

    /// <summary>A stop text; the answer's tokens go on to the one that completed it.</summary>
    StopText,

    /// <summary>The limit on tokens.</summary>
    MaxTokens,

    /// <summary>The model's context is full.</summary>
    ContextLength,
}
