using Reflux.Models.Tokenizers.AddedTokens;
using Reflux.Models.Tokenizers.Bpe;

namespace Reflux.Models.Tokenizers;

/// <summary>What has to hold for every text to have ids and for no text of a user to reach a special token.</summary>
internal static class TokenizerChecks
{
    /// <summary>The first thing wrong with a definition, or null.</summary>
    public static string? FindFault(TokenizerDefinition definition)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        Dictionary<int, AddedToken> added = definition.Added.ToDictionary(token => token.Id);
        bool isByteLevel = definition.PreTokenizer.IsByteLevel;
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            string token = definition.Tokens[id];
            if (!ids.TryAdd(token, id))
            {
                return $"the ids {ids[token]} and {id} are the same token";
            }

            if (token.Length == 0)
            {
                return $"token {id} is empty";
            }

            if (isByteLevel && !added.ContainsKey(id) && ByteAlphabet.BytesOf(token) is null)
            {
                return $"token {id} holds a character outside the byte-level alphabet";
            }
        }

        if (definition.Options.ByteFallback)
        {
            for (int value = 0; value < 256; value++)
            {
                if (!ids.TryGetValue(ByteTokens.Of(value), out int id) || added.TryGetValue(id, out AddedToken? token) && (token.Special || !token.InVocabulary))
                {
                    return $"byte 0x{value:x2} has no token of its own";
                }
            }
        }

        if (definition.Options.UnknownToken is { } unknown && !ids.ContainsKey(unknown))
        {
            return "the vocabulary lacks the unknown token";
        }

        return FindFaultyMerge(definition, ids, added);
    }

    private static string? FindFaultyMerge(TokenizerDefinition definition, Dictionary<string, int> ids, Dictionary<int, AddedToken> added)
    {
        HashSet<(string, string)> seen = [];
        for (int rank = 0; rank < definition.Merges.Count; rank++)
        {
            (string left, string right) = definition.Merges[rank];
            if (!ids.ContainsKey(left) || !ids.ContainsKey(right) || !ids.TryGetValue(left + right, out int merged))
            {
                return $"merge {rank} names a token that the vocabulary lacks";
            }

            if (!seen.Add((left, right)))
            {
                return $"merge {rank} appears twice";
            }

            if (added.TryGetValue(merged, out AddedToken? token) && token.Special)
            {
                return $"merge {rank} makes the special token {merged}, so that a text could hold it";
            }
        }

        return null;
    }
}
