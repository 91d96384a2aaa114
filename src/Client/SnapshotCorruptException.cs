using Reflux.Contracts.Errors;

namespace Reflux.Client;

/// <summary>Bytes that do not have the digest or size that the manifest states. Nothing of them is kept.</summary>
public sealed class SnapshotCorruptException(string message)
    : RefluxException(ErrorCodes.SnapshotCorrupt, message, "pull again; if it happens again, the snapshot store is damaged: pull an older version and tell the operator");
