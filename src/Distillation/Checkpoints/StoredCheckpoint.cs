namespace Reflux.Distillation.Checkpoints;

/// <summary>A checkpoint on disk whose files all matched their digests when it was found.</summary>
/// <param name="Document">Position, counters, provenance.</param>
/// <param name="Directory">Where its files lie.</param>
public sealed record StoredCheckpoint(CheckpointDocument Document, string Directory)
{
    /// <summary>Path of one of its files.</summary>
    public string PathOf(string file) => Path.Combine(Directory, file);
}
