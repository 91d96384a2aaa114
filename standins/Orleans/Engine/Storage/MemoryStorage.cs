using System.Globalization;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>Keeps states in memory as deep copies, each write under a new version.</summary>
internal sealed class MemoryStorage(DeepCopier copier) : IGrainStorage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(GrainId Grain, string State), Record> _records = [];
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            var exists = _records.TryGetValue((grainId, stateName), out var record);
            grainState.RecordExists = exists;
            grainState.ETag = record?.Version;
            if (exists)
            {
                grainState.State = (T?)copier.Copy(record!.State);
            }
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            Check(stateName, grainId, grainState);
            var version = (++_version).ToString(CultureInfo.InvariantCulture);
            _records[(grainId, stateName)] = new Record(copier.Copy<object?>(grainState.State), version);
            grainState.ETag = version;
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            Check(stateName, grainId, grainState);
            _records.Remove((grainId, stateName));
            grainState.ETag = null;
            grainState.RecordExists = false;
            grainState.State = default;
        }

        return Task.CompletedTask;
    }

    private void Check<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = _records.GetValueOrDefault((grainId, stateName))?.Version;
        if (stored != grainState.ETag)
        {
            throw new InconsistentStateException(
                $"State '{stateName}' of grain {grainId} was changed by another writer.", stored, grainState.ETag);
        }
    }

    private sealed record Record(object? State, string Version);
}
