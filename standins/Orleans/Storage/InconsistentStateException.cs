using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A write was based on another version than the stored one. Where it escapes a grain, the activation ends.</summary>
[GenerateSerializer]
public class InconsistentStateException : OrleansException
{
    /// <summary>An error without a message.</summary>
    public InconsistentStateException()
    {
    }

    /// <summary>An error with a message.</summary>
    public InconsistentStateException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message and a cause.</summary>
    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException!)
    {
    }

    /// <summary>An error with both versions.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    /// <summary>An error with both versions and a cause.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>The version in the store, if known.</summary>
    [Id(1)]
    public string? StoredEtag { get; }

    /// <summary>The version that the write was based on.</summary>
    [Id(2)]
    public string? CurrentEtag { get; }

    /// <summary>Whether the activation that runs the call is the one whose state is stale.</summary>
    internal bool IsSourceActivation { get; set; } = true;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{GetType().Name}: {Message} Expected Etag={CurrentEtag ?? "null"} Received Etag={StoredEtag ?? "null"}{Environment.NewLine}{InnerException}";
}
