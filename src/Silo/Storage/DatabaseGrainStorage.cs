using System.Data.Common;
using Orleans.Runtime;
using Orleans.Storage;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;

namespace Reflux.Silo.Storage;

/// <summary>
/// Grain state in a database, whose failures cross silos as <c>database-unavailable</c>: a provider's own exceptions have no serializer, so that another silo could not tell them apart.
/// </summary>
internal sealed class DatabaseGrainStorage(IGrainStorage database) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TypedAsync(database.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TypedAsync(database.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TypedAsync(database.ClearStateAsync(stateName, grainId, grainState));

    /// <summary>The error for a database that a silo can't use.</summary>
    public static RefluxException Unavailable(Exception error, string? reason = null) => new(
        ErrorCodes.DatabaseUnavailable,
        $"the database of Orleans:ConnectionString can't be used: {reason ?? error.Message}",
        "Check that it runs, that its address and password are right, and that Orleans' scripts for it have run (docs/several-silos.md); then try again.",
        error);

    private static async Task TypedAsync(Task operation)
    {
        try
        {
            await operation;
        }
        catch (DbException error)
        {
            throw GrainFault.From(Unavailable(error));
        }
    }
}
