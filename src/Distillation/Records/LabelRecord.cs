using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>What one record on the labels topic holds: some sequences with their soft labels, and where they come from.</summary>
public sealed record LabelRecord
{
    /// <summary>UUID of the topic incarnation that it was written for.</summary>
    public required Guid LogTopic { get; init; }

    /// <summary>Only names the record; dedupe is per sequence.</summary>
    public required Id128 RecordId { get; init; }

    /// <summary>The lane whose prompts these are.</summary>
    public required Guid LaneId { get; init; }

    /// <summary>The teacher that answered.</summary>
    public required Guid TeacherId { get; init; }

    /// <summary>SHA-256 of the teacher's weights file.</summary>
    public required string TeacherRevision { get; init; }

    /// <summary>Names the vocabulary that token ids refer to.</summary>
    public required string TokenizerHash { get; init; }

    /// <summary>Names the chat template that prompts were rendered with.</summary>
    public required string TemplateHash { get; init; }

    /// <summary>How positions are described.</summary>
    public required LabelSpec Labels { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<LabelledSequence> Sequences { get; init; }
}
