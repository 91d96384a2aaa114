using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain known by an integer and a text.</summary>
public interface IGrainWithIntegerCompoundKey : IGrain, IAddressable;
