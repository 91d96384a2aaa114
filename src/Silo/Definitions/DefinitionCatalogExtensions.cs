using Reflux.Contracts.Definitions;

namespace Reflux.Silo.Definitions;

/// <summary>Common questions to a catalog.</summary>
public static class DefinitionCatalogExtensions
{
    /// <summary>The entity with this id, or null.</summary>
    public static Definition? Find(this IDefinitionCatalog catalog, Guid id) => catalog.Current.FirstOrDefault(d => d.Id == id);

    /// <summary>The teacher of a lane, or null.</summary>
    public static Definition? TeacherOf(this IDefinitionCatalog catalog, Guid lane) => catalog.Current.FirstOrDefault(d => d.Teacher?.Lane == lane);

    /// <summary>The students of a lane that are not paused: those whose positions hold the lane's log.</summary>
    public static IEnumerable<Definition> LiveStudentsOf(this IDefinitionCatalog catalog, Guid lane) =>
        catalog.Current.Where(d => d.Student is { Paused: false } student && student.Lane == lane);
}
