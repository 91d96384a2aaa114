using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A provider is missing or wrongly configured.</summary>
[GenerateSerializer]
public sealed class BadProviderConfigException : OrleansException
{
    /// <summary>An error without a message.</summary>
    public BadProviderConfigException()
    {
    }

    /// <summary>An error with a message.</summary>
    public BadProviderConfigException(string msg)
        : base(msg)
    {
    }

    /// <summary>An error with a message and a cause.</summary>
    public BadProviderConfigException(string msg, Exception exc)
        : base(msg, exc)
    {
    }
}
