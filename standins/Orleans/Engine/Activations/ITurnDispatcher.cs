namespace Orleans.Engine;

/// <summary>Gives activations the time to run their turns.</summary>
internal interface ITurnDispatcher
{
    /// <summary>Most turns of one activation in a row.</summary>
    int TurnsAtOnce { get; }

    /// <summary>Executes the item later, outside of this call.</summary>
    void Dispatch(IThreadPoolWorkItem turns);
}
