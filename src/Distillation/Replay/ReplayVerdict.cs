namespace Reflux.Distillation.Replay;

/// <summary>What a replay says about a student.</summary>
public enum ReplayVerdict
{
    /// <summary>The log gives the recorded state, bit for bit.</summary>
    Same,

    /// <summary>It gives another one.</summary>
    Different,

    /// <summary>Bits depend on the environment, and this one is another than that of the training.</summary>
    NotComparable,

    /// <summary>No state is recorded there, or the records that lead to it are not all to be had.</summary>
    NotVerifiable,
}
