namespace Reflux.Models.Tests;

/// <summary>Tests that measure this process: nothing else runs in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "alone";
}
