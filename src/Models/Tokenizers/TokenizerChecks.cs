namespace Reflux.Models.Tokenizers;

/// <summary>What has to hold for every text to have ids and for no text to reach a special token.</summary>
internal static class TokenizerChecks
{
    /// <summary>The first thing wrong with a definition, or null.</summary>
    public static string? FindFault(TokenizerDefinition definition)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            string token = definition.Tokens[id];
            if (!ids.TryAdd(token, id))
            {
                return $"the ids {ids[token]} and {id} are the same token";
            }

            if (!definition.Special.Contains(id) && ByteAlphabet.BytesOf(token) is null)
            {
                return $"token {id} holds a character outside the byte-level alphabet";
            }
        }

        for (int value = 0; value < 256; value++)
        {
            if (!ids.TryGetValue(ByteAlphabet.LetterOf((byte)value).ToString(), out int id) || definition.Special.Contains(id))
            {
                return $"byte 0x{value:x2} has no token of its own";
            }
        }

        return FindFaultyMerge(definition, ids);
    }

    private static string? FindFaultyMerge(TokenizerDefinition definition, Dictionary<string, int> ids)
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

            if (definition.Special.Contains(merged))
            {
                return $"merge {rank} makes the special token {merged}, so that a text could hold it";
            }
        }

        return null;
    }
}
