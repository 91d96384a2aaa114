namespace Reflux.Contracts.Identity;

/// <summary>Where fresh ids come from: injected as the clock is, so that a simulation can give out the same ones again.</summary>
public class IdSource
{
    /// <summary>A fresh id of an entity.</summary>
    public virtual Guid NewGuid() => Guid.NewGuid();

    /// <summary>A fresh id of a prompt.</summary>
    public virtual Id128 NewId128() => Id128.Random();
}
