using Reflux.Contracts.Errors;
using Reflux.Silo.Http;
using Reflux.Streaming;

namespace Reflux.Silo.Ingestion;

/// <summary>Some prompts of a batch did not reach the log. Those that did are named by their place in the request, so that a client can send only the rest again.</summary>
internal sealed class PartialBatchException(RefluxException cause, IReadOnlyList<int> accepted, int all) : RefluxException(
    cause.Code,
    $"{all - accepted.Count} of {all} prompts were not accepted: {cause.Message}",
    $"{cause.Remedy} Send those again that 'accepted' does not name.",
    cause), IDetailedError
{
    /// <summary>When it is worth trying again.</summary>
    public TimeSpan? RetryAfter { get; } = (cause as BackPressureException)?.RetryAfter;

    public IReadOnlyDictionary<string, object?> Details { get; } = new Dictionary<string, object?> { ["accepted"] = accepted };
}
