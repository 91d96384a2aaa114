using Reflux.Contracts.Errors;

namespace Reflux.Cli.Demo;

/// <summary>
/// Where a demo keeps its data, logs and report. A marker says that a demo made it; only then is what an earlier demo left there removed, and
/// nothing else ever is.
/// </summary>
internal static class DemoDirectory
{
    public const string Marker = ".reflux-demo";

    private static readonly string[] Made = ["data", "pulled", "broker.log", "silo.log", "report.html"];

    /// <summary>Makes the directory ready for a new demo.</summary>
    /// <exception cref="RefluxException"><c>directory-not-ours</c>: something else than a demo filled it.</exception>
    public static void Prepare(string directory)
    {
        if (File.Exists(directory) || (Directory.Exists(directory) && !IsOurs(directory)))
        {
            throw new RefluxException(
                ErrorCodes.DirectoryNotOurs, $"{directory} is not empty and no demo made it; it is left as it is", "name another directory with --out, or remove what is there yourself");
        }

        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, Marker), "reflux demo owns this directory and replaces data, pulled, *.log and report.html in it\n");
        foreach (var path in Directory.GetFileSystemEntries(directory).Where(path => IsMade(Path.GetFileName(path))))
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private static bool IsOurs(string directory)
    {
        var names = Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)).ToList();
        return names.Contains(Marker) || names.Count == 0 || IsFromBeforeTheMarker(directory, names);
    }

    // a pull that was killed leaves a sibling of what it was to become
    private static bool IsMade(string name) => Made.Contains(name) || name.StartsWith("pulled.", StringComparison.Ordinal);

    // demos of an older version: their log and data, and nothing that is not theirs
    private static bool IsFromBeforeTheMarker(string directory, List<string> names) =>
        names.All(IsMade) && File.Exists(Path.Combine(directory, "broker.log")) && Directory.Exists(Path.Combine(directory, "data"));
}
