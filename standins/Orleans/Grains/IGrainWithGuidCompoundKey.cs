using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain known by a Guid and a text.</summary>
public interface IGrainWithGuidCompoundKey : IGrain, IAddressable;
