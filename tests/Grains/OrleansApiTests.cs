using System.Reflection;
using Reflux.Tests.Support;

namespace Reflux.Grains.Tests;

/// <summary>
/// The list of what the Orleans stand-in serves, against the Orleans that this build loaded: on a complete feed the official one, where
/// every line must resolve by reflection, so that code written against the stand-in means the same there.
/// </summary>
public sealed class OrleansApiTests
{
    [Fact]
    public void Every_listed_signature_is_in_the_loaded_Orleans()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("orleans-api.txt")!;
        using var reader = new StreamReader(stream);
        string[] listed = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var served = LoadedOrleans().SelectMany(ApiSurface.Describe).ToHashSet(StringComparer.Ordinal);

        Assert.True(listed.Length > 400);
        Assert.Empty(listed.Except(served));
    }

    /// <summary>Official Orleans is many assemblies beside this one, the stand-in is one; all of them have types in the namespace Orleans.</summary>
    private static IEnumerable<Assembly> LoadedOrleans() => Directory.GetFiles(AppContext.BaseDirectory, "Orleans*.dll")
        .Select(path => Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(path))))
        .Append(typeof(Grain).Assembly)
        .Distinct();
}
