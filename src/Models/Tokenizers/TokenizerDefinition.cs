using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;
using Reflux.Models.Tokenizers.Decoding;
using Reflux.Models.Tokenizers.Normalizers;
using Reflux.Models.Tokenizers.PostProcessors;
using Reflux.Models.Tokenizers.PreTokenizers;

namespace Reflux.Models.Tokenizers;

/// <summary>What a <c>tokenizer.json</c> says.</summary>
/// <param name="Tokens">The token of each id, in the spelling of the file (added tokens as they are).</param>
/// <param name="Added">The tokens that are found as a whole, by id.</param>
/// <param name="Merges">The merge rules, the first is the strongest.</param>
/// <param name="Options">The settings of the model.</param>
/// <param name="Normalizer">How a text is rewritten first.</param>
/// <param name="PreTokenizer">How it is cut.</param>
/// <param name="PostProcessor">What is put around it.</param>
/// <param name="Decoder">How tokens become text.</param>
internal sealed record TokenizerDefinition(
    IReadOnlyList<string> Tokens,
    IReadOnlyList<AddedToken> Added,
    IReadOnlyList<(string Left, string Right)> Merges,
    BpeOptions Options,
    Normalizer Normalizer,
    PreTokenizer PreTokenizer,
    PostProcessor PostProcessor,
    TokenDecoder Decoder)
{
    /// <summary>Which ids are special: never found in a text of a user.</summary>
    public IReadOnlySet<int> Special => Added.Where(token => token.Special).Select(token => token.Id).ToHashSet();
}
