namespace Orleans.Serialization;

/// <summary>A value could not be serialised or copied.</summary>
[GenerateSerializer]
public class SerializerException : Exception
{
    /// <summary>An error without a message.</summary>
    public SerializerException()
    {
    }

    /// <summary>An error with a message.</summary>
    public SerializerException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message and a cause.</summary>
    public SerializerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
