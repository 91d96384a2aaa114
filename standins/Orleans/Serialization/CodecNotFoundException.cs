namespace Orleans.Serialization;

/// <summary>A type that no codec knows was passed to or returned from a grain.</summary>
[GenerateSerializer]
public sealed class CodecNotFoundException(string message) : SerializerException(message);
