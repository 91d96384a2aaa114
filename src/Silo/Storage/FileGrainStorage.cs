using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Distillation.Storage;
using Reflux.Grains.Faults;

namespace Reflux.Silo.Storage;

/// <summary>
/// Grain state as JSON files: one file a grain and state, replaced as a whole and durably. A write or clear goes through only where the file still
/// has the ETag that the grain read; read, compare and replace happen under an OS file lock, so that this holds over processes too.
/// </summary>
internal sealed class FileGrainStorage(string directory, TimeProvider time) : IGrainStorage
{
    private const int LongestFileName = 200;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly DirectoryMutex _mutex = new(directory, time);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // a replaced file is whole before and after: reading needs no lock
        var stored = await LoadAsync<T>(PathOf(stateName, grainId));
        grainState.State = stored is { State: { } state } ? state : Activator.CreateInstance<T>();
        grainState.ETag = stored?.ETag!;
        grainState.RecordExists = stored is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        var next = new StoredState<T>(Guid.NewGuid().ToString("N"), grainId.ToString(), grainState.State);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(next, Json);
        using (await _mutex.EnterAsync())
        {
            await CompareAsync(path, grainId, grainState.ETag);
            FaultPoint.Reach("grain-state.write");
            await AtomicFile.WriteAsync(path, bytes, CancellationToken.None);
            FaultPoint.Reach("grain-state.written");
        }

        grainState.ETag = next.ETag;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        using (await _mutex.EnterAsync())
        {
            await CompareAsync(path, grainId, grainState.ETag);
            File.Delete(path);
        }

        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null!;
        grainState.RecordExists = false;
    }

    private static async Task CompareAsync(string path, GrainId grainId, string? expected)
    {
        var current = (await LoadAsync<JsonElement>(path))?.ETag;
        if (!string.Equals(current, string.IsNullOrEmpty(expected) ? null : expected, StringComparison.Ordinal))
        {
            throw new InconsistentStateException($"The state of {grainId} was changed by another writer.", current, expected);
        }
    }

    private static async Task<StoredState<T>?> LoadAsync<T>(string path)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<StoredState<T>>(bytes, Json) ?? throw Damaged(path, "it holds no object");
        }
        catch (JsonException error)
        {
            throw Damaged(path, $"line {error.LineNumber + 1} is not what was written");
        }
    }

    private static GrainFault Damaged(string path, string why) => new(
        ErrorCodes.Internal, $"the grain state file {path} is damaged: {why}", "Restore it from a backup of the data directory; every write of it was whole when it was made.");

    private string PathOf(string stateName, GrainId grainId)
    {
        var name = Uri.EscapeDataString(grainId.ToString());
        if (name.Length > LongestFileName)
        {
            name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        }

        return Path.Combine(directory, Uri.EscapeDataString(stateName), name + ".json");
    }

    /// <summary>A file's content. The grain's name is for people who look into the directory.</summary>
    private sealed record StoredState<T>(string ETag, string Grain, T? State);
}
