using Reflux.Contracts.Identity;

namespace Reflux.Contracts.Http;

/// <summary>GET /v1/deadletters: what was set aside, oldest first.</summary>
/// <param name="Items">At most as many as asked for.</param>
/// <param name="Next">The offset to ask from for those after them; null where these are the last.</param>
public sealed record DeadLetterList(IReadOnlyList<DeadLetterSummary> Items, long? Next);

/// <summary>A record or sequence that could not be used: never its text.</summary>
/// <param name="Offset">Names it: its offset in the dead letters topic.</param>
/// <param name="Reason">Why, from an enum.</param>
/// <param name="Kind">"prompt", "labels", or "unknown" where it does not decode or is only named.</param>
/// <param name="Source">The record that it was, or that it was part of.</param>
/// <param name="Bytes">Size of the original; 0 where it is too large to be set aside and only named.</param>
/// <param name="Retriable">False where another try would end the same way, if not for another teacher or student.</param>
public sealed record DeadLetterSummary(long Offset, string Reason, string Kind, Position Source, int Bytes, bool Retriable);

/// <summary>GET /v1/deadletters/{offset}: one of them, decoded as far as that goes.</summary>
public sealed record DeadLetterDetails
{
    public required DeadLetterSummary Letter { get; init; }

    /// <summary>The lane that it was for; null where it does not decode.</summary>
    public Guid? LaneId { get; init; }

    /// <summary>The prompts that it holds, by id.</summary>
    public required IReadOnlyList<Id128> Prompts { get; init; }

    /// <summary>The prompt's text; only where it was asked for with <c>reveal=true</c>.</summary>
    public string? Text { get; init; }

    /// <summary>The original bytes; only where they were asked for with <c>reveal=true</c>.</summary>
    public byte[]? Original { get; init; }
}

/// <summary>POST /v1/deadletters/{offset}/retry: where the record stands now.</summary>
public sealed record DeadLetterRetried(string Topic, Position Position);
