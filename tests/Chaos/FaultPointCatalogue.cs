using System.Text.RegularExpressions;
using Reflux.Streaming;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>The fault points, as the sources have them and as docs/fault-points.md lists them.</summary>
internal static partial class FaultPointCatalogue
{
    /// <summary>Every name that is reached anywhere in src.</summary>
    public static IReadOnlyList<string> InSources() =>
    [
        .. Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Call().Matches(File.ReadAllText(file)))
            .SelectMany(call => Expand(call.Groups["name"].Value))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Every name in the page's table, in its order.</summary>
    public static IReadOnlyList<string> InPage() =>
        [.. File.ReadLines(RepositoryRoot.File("docs", "fault-points.md")).Select(line => Row().Match(line)).Where(row => row.Success).SelectMany(row => Name().Matches(row.Value).Select(name => name.Groups[1].Value))];

    /// <summary>One call serves all topics; nothing is sent to the events yet.</summary>
    private static IEnumerable<string> Expand(string name) =>
        name.StartsWith("{topic}", StringComparison.Ordinal) ? Topics.All.Where(topic => topic != Topics.Events).Select(topic => topic + name["{topic}".Length..]) : [name];

    [GeneratedRegex(@"FaultPoint\.Reach\(\$?""(?<name>[^""]+)""\)")]
    private static partial Regex Call();

    [GeneratedRegex(@"^\| `[^|]*`(?= \|)")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
