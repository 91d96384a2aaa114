using Orleans.Engine;

namespace Orleans.Runtime;

/// <summary>An address of a grain, made by <see cref="IGrainFactory"/>. Two references to one grain are equal.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly GrainCaller _caller;

    private protected GrainReference(GrainCaller caller, GrainId grainId)
    {
        _caller = caller;
        GrainId = grainId;
    }

    /// <summary>The grain that is meant.</summary>
    public GrainId GrainId { get; }

    private protected GrainCaller Caller => _caller;

    internal object As(Type interfaceType) => _caller.Reference(GrainId, interfaceType);

    internal GrainReference BoundTo(GrainCaller? caller) => caller is null || caller == _caller
        ? this
        : (GrainReference)caller.Reference(GrainId, ReferenceEmitter.InterfaceOf(GetType()));

    internal static GrainReference Untyped(GrainCaller caller, GrainId grainId) => new(caller, grainId);

    /// <summary>A reference to the same grain under another of its interfaces.</summary>
    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => this.AsReference<TGrainInterface>();

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}";

    /// <summary>Whether both mean the same grain.</summary>
    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1?.Equals(reference2) ?? reference2 is null;

    /// <summary>Whether they mean different grains.</summary>
    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);
}
