using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain known by a Guid.</summary>
public interface IGrainWithGuidKey : IGrain, IAddressable;
