using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Grains.Cluster;
using Reflux.Grains.Definitions;
using Reflux.Grains.Lanes;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;
using Reflux.Grains.Teachers;

namespace Reflux.Silo.Http;

/// <summary>Grains by the names in a request. A name that can't exist never reaches a grain.</summary>
internal sealed class Entities(IGrainFactory grains)
{
    /// <summary>How long one call may wait in a grain; who has more patience calls again. A silo that stops first lets the calls to its grains end, also those of other silos.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public ILaneGrain Lane(string name) => grains.GetGrain<ILaneGrain>(Checked(name));

    public ITeacherGrain Teacher(string name) => grains.GetGrain<ITeacherGrain>(Checked(name));

    public IStudentGrain Student(string name) => grains.GetGrain<IStudentGrain>(Checked(name));

    /// <summary>The definition of an existing lane.</summary>
    public async Task<Definition> LaneDefinitionAsync(string name) => Found(await Lane(name).Get(), ErrorCodes.LaneNotFound, "lane", name);

    /// <summary>The definition of an existing teacher.</summary>
    public async Task<Definition> TeacherDefinitionAsync(string name) => Found(await Teacher(name).Get(), ErrorCodes.TeacherNotFound, "teacher", name);

    /// <summary>The definition of an existing student.</summary>
    public async Task<Definition> StudentDefinitionAsync(string name) => Found(await Student(name).Get(), ErrorCodes.StudentNotFound, "student", name);

    /// <summary>The catalogue of an existing student.</summary>
    public async Task<ISnapshotsGrain> SnapshotsAsync(string student)
    {
        await StudentDefinitionAsync(student);
        return grains.GetGrain<ISnapshotsGrain>(student);
    }

    /// <summary>Every definition of a kind, in the order of creation.</summary>
    public async Task<IReadOnlyList<Definition>> ListAsync(DefinitionKind kind)
    {
        var entries = (await Cluster.List()).Where(e => e.Kind == kind);
        var documents = await Task.WhenAll(entries.Select(e => kind switch
        {
            DefinitionKind.Lane => Lane(e.Name).Get(),
            DefinitionKind.Teacher => Teacher(e.Name).Get(),
            _ => Student(e.Name).Get(),
        }));
        return [.. documents.OfType<DefinitionDocument>().Select(d => d.Read())];
    }

    /// <summary>The error for an entity that does not exist.</summary>
    public static RefluxException NotFound(string code, string noun, string name) =>
        new(code, $"there is no {noun} '{name}'", $"List the {noun}s that exist, or create this one.");

    private static Definition Found(DefinitionDocument? document, string code, string noun, string name) =>
        document?.Read() ?? throw NotFound(code, noun, name);

    private static string Checked(string name) => SpecRules.NameProblem(name) is { } problem ? throw problem : name;
}
