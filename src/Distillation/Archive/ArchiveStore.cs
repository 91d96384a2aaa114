using System.Globalization;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Archive;

/// <summary>The archives of all label logs: <c>root/topic/partition/</c>, by log id, so that a recreated topic never mixes with its predecessor.</summary>
/// <param name="root">Their directory, in the snapshot store.</param>
public sealed class ArchiveStore(string root)
{
    /// <summary>The directory's name in the snapshot store.</summary>
    public const string DirectoryName = "archive";

    /// <summary>Every log of which something is archived, in the order of topic and partition.</summary>
    internal IReadOnlyList<LogArchive> Logs()
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        return
        [
            .. from topic in Directory.EnumerateDirectories(root)
               where Guid.TryParseExact(Path.GetFileName(topic), "N", out _)
               from partition in Directory.EnumerateDirectories(topic)
               where int.TryParse(Path.GetFileName(partition), NumberStyles.None, CultureInfo.InvariantCulture, out _)
               let log = new LogId(Guid.ParseExact(Path.GetFileName(topic), "N"), int.Parse(Path.GetFileName(partition), CultureInfo.InvariantCulture))
               orderby Path.GetFileName(topic), log.Partition
               select Of(log),
        ];
    }

    /// <summary>One log's archive; nothing is read or made yet.</summary>
    internal LogArchive Of(LogId log) => new(Path.Combine(root, log.Topic.ToString("N"), log.Partition.ToString(CultureInfo.InvariantCulture)), log);
}
