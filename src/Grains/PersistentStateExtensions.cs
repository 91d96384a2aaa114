using Orleans.Runtime;

namespace Reflux.Grains;

internal static class PersistentStateExtensions
{
    /// <summary>
    /// Stores <paramref name="next"/> and only then lets the grain see it. A write that fails may have reached the store all the same, so the activation ends then, and the next one
    /// reads what is true: one that stayed would answer from before the write for as long as it is asked.
    /// </summary>
    public static async Task ReplaceAsync<TState>(this IPersistentState<TState> state, IGrainBase grain, TState next)
    {
        var previous = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = previous;
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
