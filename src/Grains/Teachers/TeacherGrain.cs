using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Grains.Cluster;
using Reflux.Grains.Definitions;

namespace Reflux.Grains.Teachers;

/// <summary>absent → live → deleted → live …; which silos label is theirs to find out from the definitions log.</summary>
internal sealed class TeacherGrain(
    [PersistentState("teacher", GrainStorageNames.State)] IPersistentState<DefinitionState> state,
    IDefinitionLog log,
    TimeProvider time,
    ILogger<TeacherGrain> logger) : DefinitionGrain(DefinitionKind.Teacher, log, logger), ITeacherGrain
{
    private readonly Dictionary<string, (TeacherReport Report, long At)> _workers = [];

    protected override DefinitionDocument? Stored => state.State.Definition;

    private IClusterGrain Cluster => GrainFactory.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public async Task<DefinitionDocument> Create(string specJson)
    {
        var spec = JsonSerializer.Deserialize<TeacherSpec>(specJson, RefluxJson.Options)!;
        CheckCreation(spec.Name, SpecRules.Problem(spec));
        var entry = await Cluster.RegisterMember(DefinitionKind.Teacher, Name, spec.Lane);
        return await Store(new Definition
        {
            Kind = DefinitionKind.Teacher,
            Id = entry.Id,
            Name = Name,
            Revision = NextRevision,
            Teacher = new TeacherDefinition(spec, entry.LaneId),
        });
    }

    public async Task Delete()
    {
        var definition = Existing();
        await Cluster.Unregister(DefinitionKind.Teacher, Name);
        await Store(definition with { Deleted = true, Revision = NextRevision });
        _workers.Clear();
    }

    public Task Report(TeacherReport report)
    {
        _workers[report.Silo] = (report, time.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task<List<TeacherReport>> Workers() => Task.FromResult(
        _workers.Values.Where(w => time.GetElapsedTime(w.At) < Lease.Duration).Select(w => w.Report).OrderBy(r => r.Silo, StringComparer.Ordinal).ToList());

    protected override Task Write(DefinitionDocument document) => state.ReplaceAsync(this, new DefinitionState { Definition = document });
}
