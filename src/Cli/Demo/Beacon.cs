using System.Text.Json;

namespace Reflux.Cli.Demo;

/// <summary>The file that a broker or a silo writes once it is up.</summary>
internal static class Beacon
{
    /// <summary>Where it listens.</summary>
    /// <exception cref="FileNotFoundException">It is not up.</exception>
    public static string Address(string file)
    {
        using var described = JsonDocument.Parse(File.ReadAllBytes(file));
        return described.RootElement.GetProperty("address").GetString()!;
    }
}
