using Reflux.Distillation.Archive;

namespace Reflux.Silo.Options;

/// <summary>The snapshot store (section <c>Store</c>).</summary>
public sealed class StoreSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Store";

    /// <summary>Directory of the blobs, shared by all silos of a cluster; empty: <c>snapshots</c> in the data directory.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Where checkpoints lie: in the shared store where another silo may take a student over, otherwise in the silo's own directory.</summary>
    public string ResolveCheckpoints(string dataDirectory, bool shared) => Path.GetFullPath(Path.Combine(shared ? Resolve(dataDirectory) : dataDirectory, "checkpoints"));

    /// <summary>Where label logs are archived: in the store.</summary>
    public string ResolveArchive(string dataDirectory) => Path.Combine(Resolve(dataDirectory), ArchiveStore.DirectoryName);

    /// <summary>The store's full path.</summary>
    public string Resolve(string dataDirectory) => Path.GetFullPath(Directory.Length > 0 ? Directory : Path.Combine(dataDirectory, "snapshots"));
}
