namespace Reflux.Models.Chat;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks, in the words of the template: <c>system</c>, <c>user</c>, <c>assistant</c>.</param>
/// <param name="Content">What is said. Whatever it spells, no special token comes of it.</param>
public sealed record ChatMessage(string Role, string Content);
