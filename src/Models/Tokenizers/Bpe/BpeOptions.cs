namespace Reflux.Models.Tokenizers.Bpe;

/// <summary>The settings of a <c>BPE</c> model.</summary>
/// <param name="IgnoreMerges">Whether a piece that is a token is that token, whatever merges would make of it.</param>
/// <param name="ByteFallback">Whether a character without a token is spelled in <see cref="ByteTokens"/>.</param>
/// <param name="UnknownToken">What otherwise stands for a character without a token; null: nothing does.</param>
/// <param name="FuseUnknown">Whether neighbouring unknown characters share one token.</param>
internal sealed record BpeOptions(bool IgnoreMerges = false, bool ByteFallback = false, string? UnknownToken = null, bool FuseUnknown = false);
