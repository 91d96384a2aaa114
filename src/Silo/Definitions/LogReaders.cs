using Reflux.Streaming;

namespace Reflux.Silo.Definitions;

/// <summary>Which groups hold back the writers of a partition (DESIGN section 7): the teachers that of prompts, a lane's live students that of its labels.</summary>
internal static class LogReaders
{
    /// <summary>The groups; none where nobody reads yet, null where nobody needs the records.</summary>
    public static IReadOnlyCollection<string>? Of(IDefinitionCatalog catalog, string topic, int partition) => topic switch
    {
        Topics.Prompts => [ConsumerGroups.Teachers],
        Topics.Labels => catalog.Current.FirstOrDefault(d => d.Lane?.LabelPartition == partition) is { } lane
            ? [.. catalog.LiveStudentsOf(lane.Id).Select(s => ConsumerGroups.Student(s.Id))]
            : [],
        _ => null,
    };
}
