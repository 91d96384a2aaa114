namespace Reflux.Models.Tokenizers;

/// <summary>A stretch of text and where it comes from.</summary>
/// <param name="Text">The text.</param>
/// <param name="Trusted">
/// Whether added and special tokens may be found in it: true for what a chat template or an operator wrote, false for what a user wrote.
/// </param>
public readonly record struct TextSegment(string Text, bool Trusted);
