using System.Globalization;
using System.Text.Json;
using Orleans.Engine.Simulation;
using Orleans.Runtime;
using Orleans.Storage;
using Reflux.Simulation.Tests.Installation;

namespace Reflux.Simulation.Tests.Grains;

/// <summary>
/// The store that all silos share: a write lands at once as a whole, or is refused for its ETag; it may land although its writer has died, and its answer may
/// be lost.
/// </summary>
internal sealed class SimulatedStorage(Simulator world, Weather weather, Audit audit, Bug bug)
{
    private readonly Dictionary<(string State, GrainId Grain), (string Json, object State, string ETag)> _records = [];
    private int _version;

    /// <summary>The store as a process reaches it.</summary>
    public IGrainStorage For(SimulatedProcess process) => new Client(this, process);

    private Task AskAsync(SimulatedProcess process, Action operation)
    {
        var done = new TaskCompletionSource();
        world.After(weather.Latency(), () =>
        {
            try
            {
                operation();
            }
            catch (Exception refusal)
            {
                world.After(weather.Latency(), () => done.TrySetException(refusal), process);
                return;
            }

            if (weather.Chance(0.01))
            {
                world.After(TimeSpan.FromSeconds(3), () => done.TrySetException(new IOException("the store's answer was lost")), process);
            }
            else
            {
                world.After(weather.Latency(), () => done.TrySetResult(), process);
            }
        });
        return done.Task;
    }

    private void Write<T>(string stateName, GrainId grain, IGrainState<T> state, string json, string? expected)
    {
        var exists = _records.TryGetValue((stateName, grain), out var stored);
        if (bug != Bug.UnfencedStore && (exists ? stored.ETag : null) != expected)
        {
            world.Trace.Event(world.Now, "storage", $"{grain} refused: another writer was faster");
            throw new InconsistentStateException($"The state of {grain} was changed by another writer.", stored.ETag, expected);
        }

        var next = (++_version).ToString(CultureInfo.InvariantCulture);
        var after = JsonSerializer.Deserialize<T>(json)!;
        _records[(stateName, grain)] = (json, after, next);
        audit.Stored(grain.Key.ToString()!, exists ? stored.State : null, after);
        (state.ETag, state.RecordExists) = (next, true);
    }

    private sealed class Client(SimulatedStorage store, SimulatedProcess process) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => store.AskAsync(process, () =>
        {
            var exists = store._records.TryGetValue((stateName, grainId), out var stored);
            grainState.RecordExists = exists;
            grainState.ETag = exists ? stored.ETag : null!;
            if (exists)
            {
                grainState.State = JsonSerializer.Deserialize<T>(stored.Json)!;
            }
        });

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var json = JsonSerializer.Serialize(store.Planted(grainState.State));
            var expected = grainState.ETag;
            return store.AskAsync(process, () => store.Write(stateName, grainId, grainState, json, string.IsNullOrEmpty(expected) ? null : expected));
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException("no grain of Reflux clears its state");
    }

    /// <summary>What is stored of a state, where a bug forgets the fence.</summary>
    private T Planted<T>(T state) =>
        bug == Bug.ForgottenFence && state is Reflux.Grains.Snapshots.SnapshotsState snapshots ? (T)(object)(snapshots with { Epoch = 0 }) : state;
}
