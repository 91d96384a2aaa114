using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>The base of emitted references: each of their methods is one call of <see cref="Invoke"/>.</summary>
internal abstract class EmittedReference(GrainCaller caller, GrainId grainId) : GrainReference(caller, grainId)
{
    public object? Invoke(InterfaceMethod[] methods, int index, object?[] arguments)
    {
        var method = methods[index];
        return method.ForCaller(Caller.Send(GrainId, method, arguments));
    }
}
