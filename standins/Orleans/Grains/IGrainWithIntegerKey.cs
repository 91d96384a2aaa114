using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain known by an integer.</summary>
public interface IGrainWithIntegerKey : IGrain, IAddressable;
