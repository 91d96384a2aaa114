namespace Reflux.Grains.Teachers;

/// <summary>How labelling goes on one silo.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.TeacherReport")]
public sealed record TeacherReport
{
    /// <summary>The silo's name.</summary>
    [Id(0)]
    public required string Silo { get; init; }

    /// <summary>"loading", "running" or "failed".</summary>
    [Id(1)]
    public required string State { get; init; }

    /// <summary>Why it failed; empty otherwise. Never prompt text.</summary>
    [Id(2)]
    public required string Message { get; init; }

    /// <summary>Prompts answered since the silo started.</summary>
    [Id(3)]
    public long Answered { get; init; }
}
