using Reflux.Contracts.Identity;

namespace Reflux.Contracts.Http;

/// <summary>POST /v1/lanes/{lane}/prompts.</summary>
public sealed record PromptsRequest(IReadOnlyList<PromptInput> Prompts);

/// <summary>One live prompt.</summary>
/// <param name="Text">The user's message; non-empty, valid Unicode.</param>
/// <param name="Key">The client's idempotency key, at most 200 characters: a retry with the same key is trained once.</param>
public sealed record PromptInput(string Text, string? Key = null);

/// <summary>202: every prompt is acknowledged by the broker. <see cref="Durability"/> is "memory" (embedded broker) or "replicated".</summary>
public sealed record PromptsAccepted(IReadOnlyList<AcceptedPrompt> Accepted, string Durability);

/// <summary>Where an accepted prompt stands on the prompts topic.</summary>
public sealed record AcceptedPrompt(Id128 Id, Position Position);
