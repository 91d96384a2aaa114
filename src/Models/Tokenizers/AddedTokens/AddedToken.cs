namespace Reflux.Models.Tokenizers.AddedTokens;

/// <summary>A token that is found in a text as a whole, before anything is cut or merged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling.</param>
/// <param name="Special">Whether decoding leaves it out where special tokens are skipped.</param>
/// <param name="SingleWord">Whether a letter, mark or number beside it keeps it from being found.</param>
/// <param name="LeftStrip">Whether it takes the white space in front of it along.</param>
/// <param name="RightStrip">Whether it takes the white space behind it along.</param>
/// <param name="Normalized">Whether it is looked for in the normalised text, by its normalised spelling.</param>
/// <param name="InVocabulary">Whether the model's own vocabulary has it too.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool Special = true,
    bool SingleWord = false,
    bool LeftStrip = false,
    bool RightStrip = false,
    bool Normalized = false,
    bool InVocabulary = true);
