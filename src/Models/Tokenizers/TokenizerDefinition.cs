namespace Reflux.Models.Tokenizers;

/// <summary>What a byte-level BPE <c>tokenizer.json</c> says.</summary>
/// <param name="Tokens">The token of each id, in the spelling of the file (byte alphabet; special tokens as they are).</param>
/// <param name="Special">Which ids are special: written by templates only, never found in a text.</param>
/// <param name="Merges">The merge rules, the first is the strongest.</param>
/// <param name="SeparateDigits">Whether every digit is a piece of its own.</param>
internal sealed record TokenizerDefinition(
    IReadOnlyList<string> Tokens,
    IReadOnlySet<int> Special,
    IReadOnlyList<(string Left, string Right)> Merges,
    bool SeparateDigits);
