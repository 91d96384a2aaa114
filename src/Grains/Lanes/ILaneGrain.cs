using Reflux.Grains.Definitions;

namespace Reflux.Grains.Lanes;

/// <summary>A lane; the key is its name.</summary>
[Alias("Reflux.ILane")]
public interface ILaneGrain : IGrainWithStringKey
{
    /// <summary>Creates the lane from the JSON of a <see cref="Contracts.Definitions.LaneSpec"/> and gives it a partition of its own.</summary>
    /// <exception cref="Faults.GrainFault"><c>invalid-name</c>, <c>invalid-request</c>, <c>name-taken</c>, <c>no-free-partition</c>.</exception>
    [Alias("Create")]
    Task<DefinitionDocument> Create(string specJson);

    /// <summary>The lane's definition, or null where there is none.</summary>
    [Alias("Get")]
    Task<DefinitionDocument?> Get();

    /// <summary>Deletes the lane.</summary>
    /// <exception cref="Faults.GrainFault"><c>lane-not-found</c>, <c>lane-in-use</c>.</exception>
    [Alias("Delete")]
    Task Delete();

    /// <summary>Sends what is stored to the definitions log again.</summary>
    [Alias("Announce")]
    Task Announce();
}
