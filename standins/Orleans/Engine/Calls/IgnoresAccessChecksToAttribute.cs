namespace System.Runtime.CompilerServices;

/// <summary>The runtime knows this attribute by its name: code of the assembly that carries it sees internals of the named one.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
