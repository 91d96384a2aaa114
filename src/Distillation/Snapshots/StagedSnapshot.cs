using Reflux.Contracts.Snapshots;

namespace Reflux.Distillation.Snapshots;

/// <summary>A snapshot whose files and manifest are in the blob store, visible to nobody until it is committed.</summary>
/// <param name="Manifest">Its bill of materials, gate included.</param>
/// <param name="Digest">SHA-256 of the stored manifest.</param>
internal sealed record StagedSnapshot(SnapshotManifest Manifest, string Digest);
