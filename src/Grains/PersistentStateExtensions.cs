using Orleans.Runtime;

namespace Reflux.Grains;

internal static class PersistentStateExtensions
{
    /// <summary>Stores <paramref name="next"/> and only then lets the grain see it: a write that fails leaves memory and storage as they were.</summary>
    public static async Task ReplaceAsync<TState>(this IPersistentState<TState> state, TState next)
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
            throw;
        }
    }
}
