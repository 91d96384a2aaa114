using System.Text.Json;
using Reflux.Models.Json;
using Reflux.Models.Tokenizers.AddedTokens;

namespace Reflux.Models.Tokenizers.Json;

/// <summary>Writes <c>tokenizer.json</c> as Hugging Face's library reads it: fixed field order, ids ascending, merges as pairs.</summary>
internal static class TokenizerJsonWriter
{
    public static string Write(TokenizerDefinition definition) => JsonText.Write(writer =>
    {
        writer.WriteString("version", "1.0");
        writer.WriteNull("truncation");
        writer.WriteNull("padding");
        writer.WriteStartArray("added_tokens");
        foreach (AddedToken token in definition.Added)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", token.Id);
            WriteAddedToken(writer, token);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Write(writer, "normalizer", definition.Normalizer.Json);
        Write(writer, "pre_tokenizer", definition.PreTokenizer.Json);
        Write(writer, "post_processor", definition.PostProcessor.Json);
        Write(writer, "decoder", definition.Decoder.Json);
        WriteModel(writer, definition);
    });

    /// <summary>Spelling and flags of an added token, as <c>tokenizer_config.json</c> has them too.</summary>
    public static void WriteAddedToken(Utf8JsonWriter writer, AddedToken token)
    {
        writer.WriteString("content", token.Content);
        writer.WriteBoolean("single_word", token.SingleWord);
        writer.WriteBoolean("lstrip", token.LeftStrip);
        writer.WriteBoolean("rstrip", token.RightStrip);
        writer.WriteBoolean("normalized", token.Normalized);
        writer.WriteBoolean("special", token.Special);
    }

    private static void Write(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }

    private static void WriteModel(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteString("unk_token", definition.Options.UnknownToken);
        writer.WriteNull("continuing_subword_prefix");
        writer.WriteNull("end_of_word_suffix");
        writer.WriteBoolean("fuse_unk", definition.Options.FuseUnknown);
        writer.WriteBoolean("byte_fallback", definition.Options.ByteFallback);
        writer.WriteBoolean("ignore_merges", definition.Options.IgnoreMerges);
        writer.WriteStartObject("vocab");
        HashSet<int> outside = [.. definition.Added.Where(token => !token.InVocabulary).Select(token => token.Id)];
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            if (!outside.Contains(id))
            {
                writer.WriteNumber(definition.Tokens[id], id);
            }
        }

        writer.WriteEndObject();
        writer.WriteStartArray("merges");
        foreach ((string left, string right) in definition.Merges)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(left);
            writer.WriteStringValue(right);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
