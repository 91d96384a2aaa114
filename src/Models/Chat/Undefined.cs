namespace Reflux.Models.Chat;

/// <summary>A variable or member that isn't there: false, written as nothing, an error in arithmetic.</summary>
internal sealed record Undefined(string Name);
