using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Grains.Cluster;
using Reflux.Grains.Definitions;

namespace Reflux.Grains.Lanes;

/// <summary>absent → live → deleted → live …</summary>
internal sealed class LaneGrain(
    [PersistentState("lane", GrainStorageNames.State)] IPersistentState<DefinitionState> state,
    IDefinitionLog log,
    ILogger<LaneGrain> logger) : DefinitionGrain(DefinitionKind.Lane, log, logger), ILaneGrain
{
    protected override DefinitionDocument? Stored => state.State.Definition;

    private IClusterGrain Cluster => GrainFactory.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public async Task<DefinitionDocument> Create(string specJson)
    {
        var spec = JsonSerializer.Deserialize<LaneSpec>(specJson, RefluxJson.Options)!;
        CheckCreation(spec.Name, SpecRules.Problem(spec));
        var entry = await Cluster.RegisterLane(Name);
        return await Store(new Definition
        {
            Kind = DefinitionKind.Lane,
            Id = entry.Id,
            Name = Name,
            Revision = NextRevision,
            Lane = new LaneDefinition(spec, entry.LabelPartition, LabelSeed(entry.Id)),
        });
    }

    public async Task Delete()
    {
        var definition = Existing();
        await Cluster.Unregister(DefinitionKind.Lane, Name);
        await Store(definition with { Deleted = true, Revision = NextRevision });
    }

    protected override Task Write(DefinitionDocument document) => state.ReplaceAsync(this, new DefinitionState { Definition = document });

    /// <summary>Follows from the lane's id, so that it needs no source of randomness and no second place to be kept.</summary>
    private static ulong LabelSeed(Guid id) => (ulong)Id128.Hash("label-seed"u8.ToArray(), id.ToByteArray(bigEndian: true)).Value;
}
