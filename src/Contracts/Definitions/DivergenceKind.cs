namespace Reflux.Contracts.Definitions;

/// <summary>How far a student's distribution q is from its teacher's p.</summary>
public enum DivergenceKind
{
    /// <summary>KL(p ‖ q).</summary>
    ForwardKl,

    /// <summary>KL(q ‖ p).</summary>
    ReverseKl,

    /// <summary>β·KL(p ‖ m) + (1−β)·KL(q ‖ m), m = β·p + (1−β)·q.</summary>
    Jsd,

    /// <summary>KL(p ‖ α·p + (1−α)·q).</summary>
    SkewForwardKl,

    /// <summary>KL(q ‖ (1−α)·p + α·q).</summary>
    SkewReverseKl,

    /// <summary>½·Σ |p − q|.</summary>
    Tvd,
}
