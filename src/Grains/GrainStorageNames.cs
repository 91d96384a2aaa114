namespace Reflux.Grains;

/// <summary>Names under which the host registers grain storage.</summary>
public static class GrainStorageNames
{
    /// <summary>Where every grain of Reflux keeps its pointers: definitions, epochs, versions. Never weights, never prompts.</summary>
    public const string State = "reflux";
}
