namespace Reflux.Silo.Options;

/// <summary>The snapshot store (section <c>Store</c>).</summary>
public sealed class StoreSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Store";

    /// <summary>Directory of the blobs, shared by all silos of a cluster; empty: <c>snapshots</c> in the data directory.</summary>
    public string Directory { get; set; } = "";

    /// <summary>The store's full path.</summary>
    public string Resolve(string dataDirectory) => Path.GetFullPath(Directory.Length > 0 ? Directory : Path.Combine(dataDirectory, "snapshots"));
}
