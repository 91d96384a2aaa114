using Reflux.Grains.Definitions;

namespace Reflux.Grains.Students;

/// <summary>A student as its grain sees it.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.StudentView")]
public sealed record StudentView
{
    /// <summary>Its definition.</summary>
    [Id(0)]
    public required DefinitionDocument Definition { get; init; }

    /// <summary>"starting", "running", "paused" or "failed".</summary>
    [Id(1)]
    public required string State { get; init; }

    /// <summary>Why it is not running; empty where it is.</summary>
    [Id(2)]
    public required string Message { get; init; }

    /// <summary>The newest epoch.</summary>
    [Id(3)]
    public required long Epoch { get; init; }

    /// <summary>The silo that holds it.</summary>
    [Id(4)]
    public string? Owner { get; init; }

    /// <summary>The newest <see cref="Contracts.Http.TrainerProgress"/> since this grain was activated.</summary>
    [Id(5)]
    public string? ProgressJson { get; init; }
}
