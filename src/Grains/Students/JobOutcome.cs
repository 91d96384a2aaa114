using Reflux.Contracts.Errors;

namespace Reflux.Grains.Students;

/// <summary>How a job stands. Not done: neither a result nor an error yet.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.JobOutcome")]
public sealed record JobOutcome
{
    /// <summary>A job that still runs.</summary>
    public static JobOutcome Running { get; } = new();

    /// <summary>The result's JSON.</summary>
    [Id(0)]
    public string? ResultJson { get; init; }

    /// <summary>One of <see cref="ErrorCodes"/> where it failed.</summary>
    [Id(1)]
    public string? ErrorCode { get; init; }

    /// <summary>What failed; never prompt text.</summary>
    [Id(2)]
    public string? ErrorMessage { get; init; }

    /// <summary>What to do about it.</summary>
    [Id(3)]
    public string? Remedy { get; init; }

    /// <summary>True once there is a result or an error.</summary>
    public bool Done => ResultJson is not null || ErrorCode is not null;

    /// <summary>A job that worked.</summary>
    public static JobOutcome Of(string resultJson) => new() { ResultJson = resultJson };

    /// <summary>A job that failed.</summary>
    public static JobOutcome Failed(RefluxException error) => new() { ErrorCode = error.Code, ErrorMessage = error.Message, Remedy = error.Remedy };
}
