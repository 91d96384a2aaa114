using Reflux.Contracts.Definitions;

namespace Reflux.Grains.Cluster;

/// <summary>The registry of names and of label partitions; the one grain with the key <see cref="Key"/>.</summary>
[Alias("Reflux.ICluster")]
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "cluster";

    /// <summary>Registers a lane and gives it a label partition of its own. Registering a registered name answers with its entry.</summary>
    /// <exception cref="Faults.GrainFault"><c>no-free-partition</c>.</exception>
    [Alias("RegisterLane")]
    Task<Registration> RegisterLane(string name);

    /// <summary>Registers a teacher or a student of an existing lane. Registering a registered name answers with its entry.</summary>
    /// <exception cref="Faults.GrainFault"><c>lane-not-found</c>; <c>name-taken</c> where the name belongs to another lane or the lane already has a teacher.</exception>
    [Alias("RegisterMember")]
    Task<Registration> RegisterMember(DefinitionKind kind, string name, string lane);

    /// <summary>Removes a name; unknown ones are gone already.</summary>
    /// <exception cref="Faults.GrainFault"><c>lane-in-use</c> where teachers or students of the lane exist.</exception>
    [Alias("Unregister")]
    Task Unregister(DefinitionKind kind, string name);

    /// <summary>Everything registered, in the order of registration.</summary>
    [Alias("List")]
    Task<List<Registration>> List();
}
