using Orleans.Runtime;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Grains.Definitions;
using Reflux.Grains.Faults;

namespace Reflux.Grains.Cluster;

/// <summary>
/// Arbiter of names and partitions. It calls no other grain, so that the grains that ask it can't wait for each other in a circle.
/// </summary>
internal sealed class ClusterGrain(
    [PersistentState("cluster", GrainStorageNames.State)] IPersistentState<ClusterState> state,
    IDefinitionLog log,
    IdSource ids) : Grain, IClusterGrain
{
    private List<Registration> Entries => state.State.Entries;

    public async Task<Registration> RegisterLane(string name)
    {
        if (Find(DefinitionKind.Lane, name) is { } known)
        {
            return known;
        }

        var partition = state.State.NextLabelPartition;
        var partitions = await log.LabelPartitionsAsync(CancellationToken.None);
        if (partition >= partitions)
        {
            throw new GrainFault(
                ErrorCodes.NoFreePartition,
                $"lane '{name}': each of the {partitions} partitions of the labels topic belongs, or belonged, to another lane",
                "Add partitions to the labels topic (embedded broker: end it, raise Kafka:LabelPartitions and start again).");
        }

        var id = ids.NewGuid();
        var entry = new Registration { Kind = DefinitionKind.Lane, Name = name, Id = id, Lane = name, LaneId = id, LabelPartition = partition };
        await Save(new ClusterState { Entries = [.. Entries, entry], NextLabelPartition = partition + 1 });
        return entry;
    }

    public async Task<Registration> RegisterMember(DefinitionKind kind, string name, string lane)
    {
        var home = Find(DefinitionKind.Lane, lane) ?? throw new GrainFault(
            ErrorCodes.LaneNotFound, $"{Noun(kind)} '{name}': there is no lane '{lane}'", "Create the lane first, or name one that exists.");
        if (Find(kind, name) is { } known)
        {
            return known.Lane == lane
                ? known
                : throw new GrainFault(ErrorCodes.NameTaken, $"a {Noun(kind)} '{name}' of lane '{known.Lane}' exists", "Choose another name.");
        }

        if (kind == DefinitionKind.Teacher && Entries.Find(e => e.Kind == kind && e.Lane == lane) is { } other)
        {
            throw new GrainFault(
                ErrorCodes.NameTaken, $"lane '{lane}' has a teacher: '{other.Name}'", "Delete that teacher first, or make a lane for this one: a lane has one teacher.");
        }

        var entry = new Registration { Kind = kind, Name = name, Id = ids.NewGuid(), Lane = lane, LaneId = home.Id, LabelPartition = home.LabelPartition };
        await Save(state.State with { Entries = [.. Entries, entry] });
        return entry;
    }

    public async Task Unregister(DefinitionKind kind, string name)
    {
        if (Find(kind, name) is not { } entry)
        {
            return;
        }

        var members = Entries.Where(e => e.Kind != DefinitionKind.Lane && kind == DefinitionKind.Lane && e.Lane == name).ToList();
        if (members.Count > 0)
        {
            throw new GrainFault(
                ErrorCodes.LaneInUse,
                $"lane '{name}' is used by {string.Join(", ", members.Select(m => $"{Noun(m.Kind)} '{m.Name}'"))}",
                "Delete them first.");
        }

        await Save(state.State with { Entries = [.. Entries.Where(e => e != entry)] });
    }

    public Task<List<Registration>> List() => Task.FromResult(Entries);

    private Registration? Find(DefinitionKind kind, string name) => Entries.Find(e => e.Kind == kind && e.Name == name);

    private Task Save(ClusterState next) => state.ReplaceAsync(this, next);

    private static string Noun(DefinitionKind kind) => kind.ToString().ToLowerInvariant();
}
