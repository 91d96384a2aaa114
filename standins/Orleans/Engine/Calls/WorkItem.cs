namespace Orleans.Engine;

/// <summary>Something that an activation runs as a turn: a call or a timer's tick.</summary>
internal abstract class WorkItem
{
    /// <summary>Whether it runs beside anything else.</summary>
    public virtual bool AlwaysInterleaves => false;

    /// <summary>Whether it runs beside others that only read.</summary>
    public virtual bool ReadOnly => false;

    /// <summary>Whether it keeps idle collection away.</summary>
    public virtual bool CountsAsUse => true;

    /// <summary>Whether it ends with its activation instead of moving to the next one.</summary>
    public virtual bool BoundToActivation => false;

    /// <summary>Whether nobody waits for it any more.</summary>
    public abstract bool Obsolete { get; }

    /// <summary>Runs it on the activation's scheduler. The task never fails: outcomes go to whoever waits.</summary>
    public abstract Task RunAsync(Activation activation);

    /// <summary>Tells whoever waits that it will not run.</summary>
    public abstract void Reject(Exception reason);
}
