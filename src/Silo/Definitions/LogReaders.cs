using Reflux.Streaming;

namespace Reflux.Silo.Definitions;

/// <summary>
/// Which groups hold back the writers of a partition: the teachers that of prompts; that of a lane's labels its archiver, or without an archive its live students.
/// </summary>
internal static class LogReaders
{
    /// <summary>The groups; none where nobody reads yet, null where nobody needs the records.</summary>
    public static IReadOnlyCollection<string>? Of(IDefinitionCatalog catalog, string topic, int partition, bool archived) => topic switch
    {
        Topics.Prompts => [ConsumerGroups.Teachers],
        Topics.Labels => catalog.Current.FirstOrDefault(d => d.Lane?.LabelPartition == partition) is { } lane
            ? archived ? [ConsumerGroups.Archive] : [.. catalog.LiveStudentsOf(lane.Id).Select(s => ConsumerGroups.Student(s.Id))]
            : [],
        _ => null,
    };
}
