using Reflux.Grains.Definitions;

namespace Reflux.Grains.Teachers;

/// <summary>A lane's teacher; the key is its name.</summary>
[Alias("Reflux.ITeacher")]
public interface ITeacherGrain : IGrainWithStringKey
{
    /// <summary>Creates the teacher from the JSON of a <see cref="Contracts.Definitions.TeacherSpec"/>.</summary>
    /// <exception cref="Faults.GrainFault"><c>invalid-name</c>, <c>invalid-request</c>, <c>name-taken</c>, <c>lane-not-found</c>.</exception>
    [Alias("Create")]
    Task<DefinitionDocument> Create(string specJson);

    /// <summary>The teacher's definition, or null where there is none.</summary>
    [Alias("Get")]
    Task<DefinitionDocument?> Get();

    /// <summary>Deletes the teacher: silos stop labelling its lane, prompts wait in the log.</summary>
    /// <exception cref="Faults.GrainFault"><c>teacher-not-found</c>.</exception>
    [Alias("Delete")]
    Task Delete();

    /// <summary>Sends what is stored to the definitions log again.</summary>
    [Alias("Announce")]
    Task Announce();

    /// <summary>A silo says how its labelling goes. Reports are kept in memory only.</summary>
    [Alias("Report")]
    Task Report(TeacherReport report);

    /// <summary>The newest report of each silo that spoke within <see cref="Lease.Duration"/>.</summary>
    [Alias("Workers")]
    Task<List<TeacherReport>> Workers();
}
